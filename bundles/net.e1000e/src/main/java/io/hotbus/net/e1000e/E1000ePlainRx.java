// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.e1000e;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.mem.DmaAllocator;
import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.MempoolCaches;
import io.hotbus.pmd.eth.QueueSetup;

/** The receive queue of a port without receive offloads: legacy descriptors. */
final class E1000ePlainRx extends E1000eRxQueue {
    /** See {@link E1000eRxQueue}. */
    E1000ePlainRx(E1000eChip chip, QueueSetup setup, DmaAllocator allocator,
            E1000eInterrupt interrupt) throws DeviceException {
        super(chip, setup, allocator, interrupt);
    }

    @Override
    public int burst(MempoolCaches caches, long[] mbufs, int count) {
        if (ring.isGone()) {
            return 0;
        }
        int received = 0;
        long bytes = 0;
        while (received < count && owned > 0) {
            long done = ring.word(first);
            if ((done & E1000eDescriptor.DD) == 0) {
                break;
            }
            long packet = receive(caches, done);
            if (packet != 0) {
                mbufs[received++] = packet;
                bytes += Mbuf.length(packet);
            }
        }
        if (received > 0) {
            counters.add(received, bytes);
        }
        refill(caches);
        return received;
    }

    /** Takes the next buffer. Returns the packet that ends in it; 0 if none does. */
    private long receive(MempoolCaches caches, long done) {
        int length = (int) (done & E1000eDescriptor.LENGTH_MASK);
        long flags = done & (E1000eDescriptor.RX_EOP | E1000eDescriptor.RX_ERRORS);
        boolean valid = length <= bufferSize && (flags & E1000eDescriptor.RX_ERRORS) == 0;
        long mbuf = take();
        if (flags == E1000eDescriptor.RX_EOP && length != 0 && valid && begins()) {
            Mbuf.received(mbuf, length, portId);
            return mbuf;
        }
        return join(caches, mbuf, valid ? length : 0, (flags & E1000eDescriptor.RX_EOP) != 0);
    }

    @Override
    protected boolean isDone(int index) {
        return (ring.word(index) & E1000eDescriptor.DD) != 0;
    }
}
