// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.virtio;

import io.hotbus.eal.io.Mmio;
import io.hotbus.pmd.virtio.VirtioDoorbell;

/** The doorbell of one queue: a register. Source: 4.1.5.2. */
final class NotifyDoorbell implements VirtioDoorbell {
    private final Mmio window;
    private final long offset;
    private final short queue;

    NotifyDoorbell(Mmio window, long offset, int queue) {
        this.window = window;
        this.offset = offset;
        this.queue = (short) queue;
    }

    @Override
    public void ring() {
        window.write16(offset, queue);
    }
}
