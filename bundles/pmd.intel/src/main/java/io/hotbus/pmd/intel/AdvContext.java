// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd.intel;

import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.MbufFlags;

/**
 * The context descriptors of one transmit queue. The chip keeps two contexts for each queue, of
 * which this driver uses the first, so frames with the same headers and tag need no other.
 */
final class AdvContext {
    private static final long TCP = MbufFlags.TX_TCP_CKSUM | MbufFlags.TX_TCP_SEG;
    /** Requests for a checksum above IP. */
    static final long L4 = TCP | MbufFlags.TX_UDP_CKSUM;
    private static final long CHECKSUMS = L4 | MbufFlags.TX_IP_CKSUM;
    private static final long NEEDING = CHECKSUMS | MbufFlags.TX_VLAN;

    private static final int ETHERNET = 14;
    private static final int IPV4 = 20;
    private static final int TCP_CHECKSUM_END = 18;
    private static final int UDP_CHECKSUM_END = 8;
    private static final int MAX_MACLEN = 127;
    private static final int MAX_IPLEN = 511;

    private long first;
    private long second;
    private long lastFirst;
    private long lastSecond;

    /** Whether the chip can send the packet: its length, and where its headers are said to be. */
    static boolean fits(long packet, long wanted) {
        if ((wanted & MbufFlags.TX_TCP_SEG) != 0) {
            return Mbuf.l2Length(packet) <= MAX_MACLEN && Mbuf.l3Length(packet) <= MAX_IPLEN
                    && TcpCut.fits(packet, AdvDescriptor.MAX_FRAME);
        }
        int length = Mbuf.length(packet);
        if (length > AdvDescriptor.MAX_FRAME) {
            return false;
        }
        if ((wanted & CHECKSUMS) == 0) {
            return true;
        }
        int l2 = Mbuf.l2Length(packet);
        int l3 = Mbuf.l3Length(packet);
        int field = (wanted & L4) == 0 ? 0
                : (wanted & TCP) != 0 ? TCP_CHECKSUM_END : UDP_CHECKSUM_END;
        return l2 >= ETHERNET && l2 <= MAX_MACLEN && l3 >= IPV4 && l3 <= MAX_IPLEN
                && l2 + l3 + field <= length;
    }

    /**
     * Computes the context that the packet needs. Returns whether it has to be written, since the
     * chip has another.
     */
    boolean prepare(long packet, long wanted) {
        if ((wanted & NEEDING) == 0) {
            return false;
        }
        long l2 = (wanted & CHECKSUMS) != 0 ? Mbuf.l2Length(packet) : ETHERNET;
        first = l2 << AdvDescriptor.TX_MACLEN_SHIFT;
        second = AdvDescriptor.TX_DEXT | AdvDescriptor.TX_DTYP_CONTEXT;
        if ((wanted & CHECKSUMS) != 0) {
            first |= (long) Mbuf.l3Length(packet) << AdvDescriptor.TX_IPLEN_SHIFT;
            second |= ((wanted & TCP) != 0 ? AdvDescriptor.TX_TUCMD_TCP : 0)
                    | ((wanted & MbufFlags.TX_IP_CKSUM) != 0
                            || (Mbuf.flags(packet) & MbufFlags.TX_IPV4) != 0
                            ? AdvDescriptor.TX_TUCMD_IPV4 : 0);
        }
        if ((wanted & MbufFlags.TX_TCP_SEG) != 0) {
            second |= (long) Mbuf.l4Length(packet) << AdvDescriptor.TX_L4LEN_SHIFT
                    | (long) Mbuf.tsoSegmentSize(packet) << AdvDescriptor.TX_MSS_SHIFT;
        }
        if ((wanted & MbufFlags.TX_VLAN) != 0) {
            first |= (long) Mbuf.vlanTci(packet) << AdvDescriptor.TX_VLAN_SHIFT;
        }
        return first != lastFirst || second != lastSecond;
    }

    /** The first word of the context that was computed last. */
    long first() {
        return first;
    }

    /** Its second word. */
    long second() {
        return second;
    }

    /** Notes that the chip has the context that was computed last. */
    void written() {
        lastFirst = first;
        lastSecond = second;
    }

    /** Notes that the chip has no context. */
    void forget() {
        lastFirst = 0;
        lastSecond = 0;
    }
}
