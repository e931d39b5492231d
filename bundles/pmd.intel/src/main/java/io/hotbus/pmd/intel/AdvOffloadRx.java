// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd.intel;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.mem.DmaAllocator;
import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.MbufFlags;
import io.hotbus.eal.mem.MempoolCaches;
import io.hotbus.pmd.eth.QueueSetup;

/** The receive queue of a port with receive offloads. */
final class AdvOffloadRx extends AdvRxQueue {
    /** The results to pass on: bits of the second word. */
    private final long reported;
    /** The bits of the first word that say there is a hash to pass on. */
    private final long hashed;

    /** See {@link AdvRxQueue}. */
    AdvOffloadRx(AdvQueues queues, QueueSetup setup, DmaAllocator allocator, AdvWaker waker)
            throws DeviceException {
        super(queues, setup, allocator, waker);
        this.reported = queues.offloads().rxReports();
        this.hashed = queues.offloads().passesHash() ? AdvDescriptor.RX_RSS_TYPE : 0;
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
            long packet = receive(caches, done, ring.firstWord(first));
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
    private long receive(MempoolCaches caches, long done, long info) {
        int length = (int) (done >>> AdvDescriptor.RX_LENGTH_SHIFT & AdvDescriptor.LENGTH_MASK);
        boolean ends = (done & AdvDescriptor.RX_EOP) != 0;
        boolean valid = length <= bufferSize && (done & AdvDescriptor.RX_RXE) == 0;
        long mbuf = take();
        long packet = mbuf;
        if (ends && valid && length != 0 && begins()) {
            Mbuf.received(mbuf, length, portId);
        } else {
            packet = join(caches, mbuf, valid ? length : 0, ends);
        }
        if (packet != 0) {
            mark(packet, done, info);
        }
        return packet;
    }

    private void mark(long packet, long done, long info) {
        long flags = (done & AdvDescriptor.RX_IXSM) == 0 ? checksums(done & reported, done) : 0;
        if ((done & reported & AdvDescriptor.RX_VP) != 0) {
            flags |= MbufFlags.RX_VLAN_STRIPPED;
            Mbuf.setVlanTci(packet, (int) (done >>> AdvDescriptor.RX_VLAN_SHIFT));
        }
        if ((info & hashed) != 0) {
            flags |= MbufFlags.RX_RSS_HASH;
            Mbuf.setHash(packet, (int) (info >>> AdvDescriptor.RX_HASH_SHIFT));
        }
        if (flags != 0) {
            Mbuf.setFlags(packet, flags);
        }
    }

    private static long checksums(long checked, long done) {
        long flags = 0;
        if ((checked & AdvDescriptor.RX_IPCS) != 0) {
            flags = (done & AdvDescriptor.RX_IPE) == 0
                    ? MbufFlags.RX_IP_CKSUM_GOOD : MbufFlags.RX_IP_CKSUM_BAD;
        }
        if ((checked & AdvDescriptor.RX_L4CS) != 0) {
            flags |= (done & AdvDescriptor.RX_L4E) == 0
                    ? MbufFlags.RX_L4_CKSUM_GOOD : MbufFlags.RX_L4_CKSUM_BAD;
        }
        return flags;
    }
}
