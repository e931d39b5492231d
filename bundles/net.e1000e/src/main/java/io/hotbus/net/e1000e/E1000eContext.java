// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.e1000e;

import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.MbufFlags;

/**
 * The context descriptors of one transmit queue. The chip keeps the last one, of whichever queue,
 * so frames with the same headers need no other if there is one queue. Source: 82574 data sheet,
 * sections 7.2.6 and 7.2.10.
 */
final class E1000eContext {
    private static final long TCP = MbufFlags.TX_TCP_CKSUM | MbufFlags.TX_TCP_SEG;
    /** Requests for a checksum above IP. */
    static final long L4 = TCP | MbufFlags.TX_UDP_CKSUM;
    private static final long NEEDING = L4 | MbufFlags.TX_IP_CKSUM;

    private static final int ETHERNET = 14;
    private static final int IPV4 = 20;
    private static final int IPV4_CHECKSUM = 10;
    private static final int TCP_CHECKSUM = 16;
    private static final int UDP_CHECKSUM = 6;
    /** The offsets of a context have eight bits. */
    private static final int MAX_OFFSET = 255;

    private final boolean reuse;
    private long first;
    private long second;
    private long lastFirst;
    private long lastSecond;

    /** {@code reuse}: whether the chip keeps the context of this queue. */
    E1000eContext(boolean reuse) {
        this.reuse = reuse;
    }

    /** Whether the chip can send the packet: its length, and where its headers are said to be. */
    static boolean fits(long packet, long wanted) {
        if ((wanted & MbufFlags.TX_TCP_SEG) != 0) {
            return E1000eTso.fits(packet);
        }
        int length = Mbuf.length(packet);
        if (length > E1000eDescriptor.TX_MAX_LENGTH) {
            return false;
        }
        if ((wanted & NEEDING) == 0) {
            return true;
        }
        int l2 = Mbuf.l2Length(packet);
        int end = l2 + Mbuf.l3Length(packet);
        int field = (wanted & L4) == 0 ? 0 : checksumOffset(wanted) + Short.BYTES;
        return l2 >= ETHERNET && end >= l2 + IPV4 && end + field <= Math.min(length, MAX_OFFSET);
    }

    private static int checksumOffset(long wanted) {
        return (wanted & TCP) != 0 ? TCP_CHECKSUM : UDP_CHECKSUM;
    }

    /**
     * Computes the context that the packet needs. Returns whether it has to be written, since the
     * chip has another.
     */
    boolean prepare(long packet, long wanted) {
        if ((wanted & NEEDING) == 0) {
            return false;
        }
        long l2 = Mbuf.l2Length(packet);
        long l4 = l2 + Mbuf.l3Length(packet);
        first = l2 << E1000eExtended.IPCSS_SHIFT
                | l2 + IPV4_CHECKSUM << E1000eExtended.IPCSO_SHIFT
                | l4 << E1000eExtended.TUCSS_SHIFT
                | l4 + checksumOffset(wanted) << E1000eExtended.TUCSO_SHIFT;
        second = E1000eExtended.TX_DEXT
                | ((wanted & TCP) != 0 ? E1000eExtended.TX_TUCMD_TCP : 0);
        if ((wanted & MbufFlags.TX_TCP_SEG) != 0) {
            second |= E1000eTso.context(packet);
        }
        if ((wanted & MbufFlags.TX_IP_CKSUM) != 0) {
            first |= l4 - 1 << E1000eExtended.IPCSE_SHIFT;
            second |= E1000eExtended.TX_TUCMD_IP;
        }
        return !reuse || first != lastFirst || second != lastSecond;
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
