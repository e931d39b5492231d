// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd.intel;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.mem.DmaAllocator;
import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.MempoolCaches;
import io.hotbus.pmd.eth.QueueSetup;

/** The receive queue of a port without receive offloads. */
final class PlainRx extends GigabitRxQueue {
    /** See {@link GigabitRxQueue}. */
    PlainRx(AbstractGigabitQueues queues, QueueSetup setup, DmaAllocator allocator, RxWaker waker)
            throws DeviceException {
        super(queues, setup, allocator, waker);
    }

    @Override
    public int burst(MempoolCaches caches, long[] mbufs, int count) {
        if (ring.isGone()) {
            return 0;
        }
        // Fields would be read again after each descriptor, whose read is volatile.
        final long ready = format.done();
        final long ends = format.ends();
        final long damaged = format.damaged();
        final int shift = format.lengthShift();
        final int room = bufferSize;
        int received = 0;
        long bytes = 0;
        while (received < count && owned > 0) {
            long done = ring.word(first);
            if ((done & ready) == 0) {
                break;
            }
            int length = (int) (done >>> shift & RxFormat.LENGTH_MASK);
            long packet = take();
            if ((done & (ends | damaged)) == ends && length != 0 && length <= room && begins()) {
                Mbuf.received(packet, length, portId);
            } else {
                packet = join(caches, packet, done, length);
            }
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
}
