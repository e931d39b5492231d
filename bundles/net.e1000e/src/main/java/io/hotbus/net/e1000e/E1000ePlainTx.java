// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.e1000e;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.mem.DmaAllocator;
import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.MempoolCaches;
import io.hotbus.pmd.eth.QueueSetup;

/** The transmit queue of a port without transmit offloads: legacy descriptors. */
final class E1000ePlainTx extends E1000eTxQueue {
    /** See {@link E1000eTxQueue}. */
    E1000ePlainTx(E1000eChip chip, QueueSetup setup, DmaAllocator allocator)
            throws DeviceException {
        super(chip, setup, allocator);
    }

    @Override
    public int burst(MempoolCaches caches, long[] mbufs, int count) {
        complete(caches);
        int next = next();
        int taken = 0;
        int refused = 0;
        long bytes = 0;
        for (int room = free(); taken < count && room > 0; taken++) {
            long packet = mbufs[taken];
            int length = Mbuf.length(packet);
            int segments = Mbuf.segments(packet);
            if (length > E1000eDescriptor.TX_MAX_LENGTH || segments > mask || lacksBytes(packet)) {
                // The chip would stop there.
                refuse(caches, packet);
                refused++;
                continue;
            }
            room -= segments;
            if (room < 0) {
                break;
            }
            next = write(next, packet, segments, E1000eDescriptor.TX_IFCS);
            bytes += length;
        }
        pass(next, taken - refused, bytes);
        return taken;
    }
}
