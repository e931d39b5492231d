// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd.intel;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.mem.DmaAllocator;
import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.MbufFlags;
import io.hotbus.eal.mem.MempoolCaches;
import io.hotbus.pmd.eth.QueueSetup;

/** The receive queue of a port with receive offloads: descriptors as in {@link RxWriteBack}. */
final class OffloadRx extends GigabitRxQueue {
    /** The results to pass on: bits of the second word. */
    private final long reported;
    /** The bits of the first word that say there is a hash to pass on. */
    private final long hashed;

    /** See {@link GigabitRxQueue}. */
    OffloadRx(AbstractGigabitQueues queues, QueueSetup setup, DmaAllocator allocator, RxWaker waker)
            throws DeviceException {
        super(queues, setup, allocator, waker);
        this.reported = queues.offloads().rxReports();
        this.hashed = queues.offloads().passesHash() ? RxWriteBack.RSS_TYPE : 0;
    }

    @Override
    public int burst(MempoolCaches caches, long[] mbufs, int count) {
        if (ring.isGone()) {
            return 0;
        }
        // Fields would be read again after each descriptor, whose read is volatile.
        final long damaged = format.damaged();
        final int room = bufferSize;
        int received = 0;
        long bytes = 0;
        while (received < count && owned > 0) {
            long done = ring.word(first);
            if ((done & RxWriteBack.DD) == 0) {
                break;
            }
            long info = ring.firstWord(first);
            int length = (int) (done >>> RxWriteBack.LENGTH_SHIFT & RxFormat.LENGTH_MASK);
            long packet = take();
            if ((done & (RxWriteBack.EOP | damaged)) == RxWriteBack.EOP && length != 0
                    && length <= room && begins()) {
                Mbuf.received(packet, length, portId);
            } else {
                packet = join(caches, packet, done, length);
            }
            if (packet != 0) {
                mark(packet, done, info);
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

    private void mark(long packet, long done, long info) {
        long flags = (done & RxWriteBack.IXSM) == 0 ? checksums(done & reported, done) : 0;
        if ((done & reported & RxWriteBack.VP) != 0) {
            flags |= MbufFlags.RX_VLAN_STRIPPED;
            Mbuf.setVlanTci(packet, (int) (done >>> RxWriteBack.VLAN_SHIFT));
        }
        if ((info & hashed) != 0) {
            flags |= MbufFlags.RX_RSS_HASH;
            Mbuf.setHash(packet, (int) (info >>> RxWriteBack.HASH_SHIFT));
        }
        if (flags != 0) {
            Mbuf.setFlags(packet, flags);
        }
    }

    private static long checksums(long checked, long done) {
        long flags = 0;
        if ((checked & RxWriteBack.IPCS) != 0) {
            flags = (done & RxWriteBack.IPE) == 0
                    ? MbufFlags.RX_IP_CKSUM_GOOD : MbufFlags.RX_IP_CKSUM_BAD;
        }
        if ((checked & RxWriteBack.L4CS) != 0) {
            flags |= (done & RxWriteBack.L4E) == 0
                    ? MbufFlags.RX_L4_CKSUM_GOOD : MbufFlags.RX_L4_CKSUM_BAD;
        }
        return flags;
    }
}
