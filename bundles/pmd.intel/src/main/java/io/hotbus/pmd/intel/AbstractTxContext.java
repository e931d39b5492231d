// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd.intel;

import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.MbufFlags;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * The context descriptors of one transmit queue: they say where the headers of the packets after
 * them are. The chip keeps the last one, so packets with the same headers need no other. The thread
 * of the queue.
 */
@ConsumerType
public abstract class AbstractTxContext {
    /**
     * The longest headers that a context can describe.
     *
     * @param l2  bytes of the Ethernet header
     * @param l3  bytes of the IP header
     * @param end where the checksum above IP, if any, ends in the packet
     */
    public record Limits(int l2, int l3, int end) {
    }

    /** Requests that are of TCP. */
    protected static final long TCP = MbufFlags.TX_TCP_CKSUM | MbufFlags.TX_TCP_SEG;
    /** Requests for a checksum above IP. */
    private static final long L4 = TCP | MbufFlags.TX_UDP_CKSUM;
    /** Requests that depend on where the headers are. */
    protected static final long CHECKSUMS = L4 | MbufFlags.TX_IP_CKSUM;
    /** Bytes of an Ethernet header. */
    protected static final int ETHERNET = 14;
    private static final int IPV4 = 20;
    private static final int TCP_CHECKSUM_END = 18;
    private static final int UDP_CHECKSUM_END = 8;

    /** Data descriptor, second word: insert the VLAN tag. */
    private static final long VLE = 1L << 30;
    /** POPTS.IXSM: insert the checksum of the IPv4 header. */
    private static final long IXSM = 1L << 40;
    /** POPTS.TXSM: insert the checksum of TCP or UDP. */
    private static final long TXSM = 1L << 41;

    /** See {@link TxFormat}. */
    private final long data;
    private final long payload;
    private final long cutting;
    private final long tag;
    private final int maxFrame;
    private final int maxL2;
    private final int maxL3;
    private final int maxEnd;
    private final long needing;
    private final boolean kept;
    private long first;
    private long second;
    private long lastFirst;
    private long lastSecond;

    /**
     * Creates the contexts of a queue.
     *
     * @param limits the lengths that a context can hold
     * @param kept   whether the chip keeps the context of this queue
     */
    protected AbstractTxContext(TxFormat format, Limits limits, boolean kept) {
        this.data = format.data();
        this.payload = format.payload();
        this.cutting = format.cut();
        this.tag = format.tag();
        this.maxFrame = format.maxFrame();
        this.maxL2 = limits.l2();
        this.maxL3 = limits.l3();
        this.maxEnd = limits.end();
        this.needing = CHECKSUMS | (tag == 0 ? MbufFlags.TX_VLAN : 0);
        this.kept = kept;
    }

    /** Computes the context that the packet needs, and calls {@link #set}. */
    protected abstract void compute(long packet, long wanted);

    /** Sets both words of the context that {@link #compute} has computed. */
    protected final void set(long firstWord, long secondWord) {
        first = firstWord;
        second = secondWord;
    }

    /** Whether the chip can send the packet: its length, and where its headers are said to be. */
    final boolean fits(long packet, long wanted) {
        int length = Mbuf.length(packet);
        boolean cut = (wanted & MbufFlags.TX_TCP_SEG) != 0;
        if (length > maxFrame && !cut) {
            return false;
        }
        if ((wanted & CHECKSUMS) == 0) {
            return true;
        }
        int l2 = Mbuf.l2Length(packet);
        int l3 = Mbuf.l3Length(packet);
        int end = l2 + l3 + ((wanted & L4) == 0 ? 0
                : (wanted & TCP) != 0 ? TCP_CHECKSUM_END : UDP_CHECKSUM_END);
        return l2 >= ETHERNET && l2 <= maxL2 && l3 >= IPV4 && l3 <= maxL3
                && end <= Math.min(length, maxEnd) && (!cut || TcpCut.fits(packet, maxFrame));
    }

    /**
     * Computes the context that the packet needs. Returns whether it has to be written, since the
     * chip has another.
     */
    final boolean prepare(long packet, long wanted) {
        if ((wanted & needing) == 0) {
            return false;
        }
        compute(packet, wanted);
        return !kept || first != lastFirst || second != lastSecond;
    }

    /** What the data descriptors of a packet contain, besides length, EOP and RS. */
    final long requests(long packet, long wanted) {
        long bits = data | (Mbuf.length(packet) & payload) << TxFormat.PAYLEN_SHIFT;
        if (wanted == 0) {
            return bits;
        }
        if ((wanted & MbufFlags.TX_TCP_SEG) != 0) {
            bits -= (TcpCut.headers(packet) & payload) << TxFormat.PAYLEN_SHIFT;
            bits |= cutting;
        }
        if ((wanted & MbufFlags.TX_VLAN) != 0) {
            bits |= VLE | (Mbuf.vlanTci(packet) & tag) << TxFormat.TAG_SHIFT;
        }
        return bits | ((wanted & MbufFlags.TX_IP_CKSUM) != 0 ? IXSM : 0)
                | ((wanted & L4) != 0 ? TXSM : 0);
    }

    /** The first word of the context that was computed last. */
    final long first() {
        return first;
    }

    /** Its second word. */
    final long second() {
        return second;
    }

    /** Notes that the chip has the context that was computed last. */
    final void written() {
        lastFirst = first;
        lastSecond = second;
    }

    /** Notes that the chip has no context. */
    final void forget() {
        lastFirst = 0;
        lastSecond = 0;
    }
}
