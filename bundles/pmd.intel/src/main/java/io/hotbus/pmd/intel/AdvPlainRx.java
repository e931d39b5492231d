// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd.intel;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.mem.DmaAllocator;
import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.MempoolCaches;
import io.hotbus.pmd.eth.QueueSetup;

/** The receive queue of a port without receive offloads. */
final class AdvPlainRx extends AdvRxQueue {
    private static final long DAMAGED_OR_ENDS = AdvDescriptor.RX_RXE | AdvDescriptor.RX_EOP;

    /** See {@link AdvRxQueue}. */
    AdvPlainRx(AdvQueues queues, QueueSetup setup, DmaAllocator allocator, AdvWaker waker)
            throws DeviceException {
        super(queues, setup, allocator, waker);
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
            if ((done & AdvDescriptor.RX_DD) == 0) {
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
        int length = (int) (done >>> AdvDescriptor.RX_LENGTH_SHIFT & AdvDescriptor.LENGTH_MASK);
        long flags = done & DAMAGED_OR_ENDS;
        boolean valid = length <= bufferSize && (flags & AdvDescriptor.RX_RXE) == 0;
        long mbuf = take();
        if (flags == AdvDescriptor.RX_EOP && length != 0 && valid && begins()) {
            Mbuf.received(mbuf, length, portId);
            return mbuf;
        }
        return join(caches, mbuf, valid ? length : 0, (flags & AdvDescriptor.RX_EOP) != 0);
    }
}
