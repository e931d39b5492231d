// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd.pci;

import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/**
 * Detects that a started device does not work, although it is as it was set up. The cause may be
 * gone, for example a reset by another program that let no request to memory through for a while.
 * So the device is set up again once. Thread {@code interrupt}. Source of the idea: the check for a
 * hung transmit unit in Linux drivers/net/ethernet/intel/e1000e/netdev.c.
 */
final class Standstill {
    /** The state of a queue, and since when it is unchanged. */
    private static final class Seen {
        private final NicQueue queue;
        private long state;
        private long since;

        Seen(NicQueue queue, long now) {
            this.queue = queue;
            this.state = queue.state();
            this.since = now;
        }
    }

    private final Duration limit;
    private NicSetup of;
    private List<Seen> queues = List.of();
    /** The queues, by place, that have not worked since they were set up for a standstill. */
    private final BitSet hung = new BitSet();
    /** The place of the queue that stands still. */
    private int found;

    /** {@code limit}: how long a queue stands still before it is examined. */
    Standstill(Duration limit) {
        this.limit = limit;
    }

    /** Returns which queue stands still, if one does. The device is not stopped meanwhile. */
    Optional<String> look(NicSetup setup) {
        long now = System.nanoTime();
        if (setup != of) {
            of = setup;
            queues = setup.queues().stream().map(queue -> new Seen(queue, now)).toList();
        }
        Optional<String> why = Optional.empty();
        for (int place = 0; place < queues.size() && why.isEmpty(); place++) {
            found = place;
            why = look(queues.get(place), now);
        }
        return why;
    }

    private Optional<String> look(Seen seen, long now) {
        long state = seen.queue.state();
        if (state == seen.state) {
            return now - seen.since < limit.toNanos() ? Optional.empty()
                    : seen.queue.whyStuck(limit);
        }
        if (seen.queue.hasWorked(seen.state, state)) {
            hung.clear(found);
        }
        seen.state = state;
        seen.since = now;
        return Optional.empty();
    }

    /** Whether the queue that was found stands still although it was set up again for that. */
    boolean isHopeless() {
        return hung.get(found);
    }

    /** Notes that the device is set up again because of the queue that was found. */
    void setUpAgain() {
        hung.set(found);
    }
}
