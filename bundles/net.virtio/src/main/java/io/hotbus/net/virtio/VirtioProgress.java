// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.virtio;

import java.time.Duration;
import java.util.Optional;

/**
 * Detects a device that is there and does not work: it has packets to send, and returns none.
 * Setting it up again is tried once. Thread {@code interrupt}.
 */
final class VirtioProgress {
    /** What a queue shows, and since when. */
    private static final class Still {
        private long shown;
        private long since;
    }

    private final Duration limit;
    private VirtioSetup of;
    private Still[] queues = {};
    /** The device stood still, was set up again, and has not worked since then. */
    private boolean hung;

    /** {@code limit}: how long a queue may stand still. */
    VirtioProgress(Duration limit) {
        this.limit = limit;
    }

    /** Returns which queue stands still, if one does. The device is not stopped meanwhile. */
    Optional<String> look(VirtioSetup setup) {
        long now = System.nanoTime();
        if (setup != of) {
            of = setup;
            queues = new Still[setup.tx().size()];
        }
        for (int i = 0; i < queues.length; i++) {
            VirtioTxQueue queue = setup.tx().get(i);
            long shows = queue.ring().progress();
            if (queues[i] == null) {
                queues[i] = new Still();
                queues[i].shown = shows;
                queues[i].since = now;
            } else if (shows != queues[i].shown) {
                // A queue that was idle and has packets now has not worked yet.
                hung &= queues[i].shown == VirtioRing.NONE;
                queues[i].shown = shows;
                queues[i].since = now;
            } else if (shows != VirtioRing.NONE && now - queues[i].since > limit.toNanos()) {
                return Optional.of("%s: the device has returned nothing for %s ms"
                        .formatted(queue, limit.toMillis()));
            }
        }
        return Optional.empty();
    }

    /** Whether it stands still although it was set up again because of that. */
    boolean isHopeless() {
        return hung;
    }

    /** Notes that the device is set up again because it stands still. */
    void setUpAgain() {
        hung = true;
    }
}
