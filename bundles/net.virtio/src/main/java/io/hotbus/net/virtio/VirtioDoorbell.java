// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.virtio;

import io.hotbus.eal.io.Mmio;

/** The doorbell of one queue: tells the device that there are new descriptors. Source: 4.1.5.2. */
final class VirtioDoorbell {
    private final Mmio window;
    private final long offset;
    private final short queue;

    VirtioDoorbell(Mmio window, long offset, int queue) {
        this.window = window;
        this.offset = offset;
        this.queue = (short) queue;
    }

    /** Rings. Thread of the queue. */
    void ring() {
        window.write16(offset, queue);
    }
}
