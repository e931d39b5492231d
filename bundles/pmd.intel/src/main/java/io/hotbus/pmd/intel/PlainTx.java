// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd.intel;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.mem.DmaAllocator;
import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.MempoolCaches;
import io.hotbus.pmd.eth.QueueSetup;

/** The transmit queue of a port without transmit offloads. */
final class PlainTx extends GigabitTxQueue {
    private final int maxFrame;
    /** The format of the descriptors; see {@link TxFormat}. */
    private final long data;
    private final long payload;

    /** See {@link GigabitTxQueue}. */
    PlainTx(AbstractGigabitQueues queues, QueueSetup setup, DmaAllocator allocator)
            throws DeviceException {
        super(queues, setup, allocator);
        TxFormat format = queues.txFormat();
        this.maxFrame = format.maxFrame();
        this.data = format.data();
        this.payload = format.payload();
    }

    @Override
    public int burst(MempoolCaches caches, long[] mbufs, int count) {
        while (awaitsReport() && isSent(reporting())) {
            reported(caches);
        }
        int next = next();
        int taken = 0;
        int refused = 0;
        long bytes = 0;
        for (int room = free(); taken < count && room > 0; taken++) {
            long packet = mbufs[taken];
            int length = Mbuf.length(packet);
            int segments = Mbuf.segments(packet);
            if (length > maxFrame || segments > mask || lacksBytes(packet)) {
                // The chip would stop there.
                refuse(caches, packet);
                refused++;
                continue;
            }
            room -= segments;
            if (room < 0) {
                break;
            }
            next = write(next, packet, segments,
                    data | (length & payload) << TxFormat.PAYLEN_SHIFT);
            bytes += length;
        }
        pass(next, taken - refused, bytes);
        return taken;
    }
}
