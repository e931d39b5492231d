// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd.intel;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.mem.DmaAllocator;
import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.MempoolCaches;
import io.hotbus.pmd.eth.QueueSetup;

/** The transmit queue of a port without transmit offloads. */
final class AdvPlainTx extends AdvTxQueue {
    /** See {@link AdvTxQueue}. */
    AdvPlainTx(AdvQueues queues, QueueSetup setup, DmaAllocator allocator)
            throws DeviceException {
        super(queues, setup, allocator);
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
            if (length > AdvDescriptor.MAX_FRAME || segments > mask || lacksBytes(packet)) {
                // The chip would stop there.
                refuse(caches, packet);
                refused++;
                continue;
            }
            room -= segments;
            if (room < 0) {
                break;
            }
            next = writeAll(next, packet, segments,
                    DATA | (long) length << AdvDescriptor.TX_PAYLEN_SHIFT);
            bytes += length;
        }
        pass(next, taken - refused, bytes);
        return taken;
    }

    private int writeAll(int index, long packet, int segments, long bits) {
        int next = index;
        long segment = packet;
        for (int left = segments; left > 0; left--) {
            write(next, segment, bits | (left == 1 ? AdvDescriptor.TX_EOP : 0)
                    | (asksForReport(next) ? AdvDescriptor.TX_RS : 0));
            next = (next + 1) & mask;
            segment = Mbuf.next(segment);
        }
        return next;
    }
}
