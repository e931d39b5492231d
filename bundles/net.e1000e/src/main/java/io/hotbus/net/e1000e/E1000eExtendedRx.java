// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.e1000e;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.mem.DmaAllocator;
import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.MbufFlags;
import io.hotbus.eal.mem.MempoolCaches;
import io.hotbus.pmd.eth.QueueSetup;

/** The receive queue of a port with receive offloads: extended descriptors. */
final class E1000eExtendedRx extends E1000eRxQueue {
    /** The bits of the second word that the port was configured for. */
    private final long reported;
    /** The bits of the first word that the port was configured for. */
    private final long hashed;

    /** See {@link E1000eRxQueue}. */
    E1000eExtendedRx(E1000eChip chip, QueueSetup setup, DmaAllocator allocator,
            E1000eInterrupt interrupt, E1000eOffloads offloads) throws DeviceException {
        super(chip, setup, allocator, interrupt);
        this.reported = offloads.rxReports();
        this.hashed = offloads.handsOverHash() ? E1000eExtended.RX_RSS_TYPE : 0;
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
            if ((done & E1000eExtended.RX_DD) == 0) {
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
        int length = (int) (done >>> E1000eExtended.RX_LENGTH_SHIFT & E1000eDescriptor.LENGTH_MASK);
        boolean ends = (done & E1000eExtended.RX_EOP) != 0;
        boolean valid = length <= bufferSize && (done & E1000eExtended.RX_ERRORS) == 0;
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
        long flags = 0;
        if ((done & E1000eExtended.RX_IXSM) == 0) {
            flags = checksums(done & reported, done);
        }
        if ((done & reported & E1000eExtended.RX_VP) != 0) {
            flags |= MbufFlags.RX_VLAN_STRIPPED;
            Mbuf.setVlanTci(packet, (int) (done >>> E1000eExtended.RX_VLAN_SHIFT));
        }
        if ((info & hashed) != 0) {
            flags |= MbufFlags.RX_RSS_HASH;
            Mbuf.setHash(packet, (int) (info >>> E1000eExtended.RX_HASH_SHIFT));
        }
        if (flags != 0) {
            Mbuf.setFlags(packet, flags);
        }
    }

    private static long checksums(long checked, long done) {
        long flags = 0;
        if ((checked & E1000eExtended.RX_IPCS) != 0) {
            flags = (done & E1000eExtended.RX_IPE) == 0
                    ? MbufFlags.RX_IP_CKSUM_GOOD : MbufFlags.RX_IP_CKSUM_BAD;
        }
        if ((checked & E1000eExtended.RX_L4CS) != 0) {
            flags |= (done & E1000eExtended.RX_TCPE) == 0
                    ? MbufFlags.RX_L4_CKSUM_GOOD : MbufFlags.RX_L4_CKSUM_BAD;
        }
        return flags;
    }

    @Override
    protected boolean isDone(int index) {
        return (ring.word(index) & E1000eExtended.RX_DD) != 0;
    }
}
