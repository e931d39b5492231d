// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.virtio_user;

import io.hotbus.net.virtio_user.VhostMessage.Region;
import io.hotbus.pmd.virtio.VirtioRing;
import java.util.List;

/**
 * What a start of the port has set up, as the back end is told it.
 *
 * @param features those that the back end must have
 * @param regions  the memory that it maps
 * @param rings    the virtqueues
 */
record Contract(long features, List<Region> regions, List<Ring> rings) {
    /**
     * A virtqueue.
     *
     * @param queue its number: 2n receives, 2n + 1 sends
     * @param kick  its doorbell
     */
    record Ring(int queue, VirtioRing ring, Kick kick) {
    }

    /** The pairs of queues that the numbers of the rings need. */
    int pairs() {
        return rings.stream().mapToInt(ring -> ring.queue() / 2 + 1).max().orElse(0);
    }
}
