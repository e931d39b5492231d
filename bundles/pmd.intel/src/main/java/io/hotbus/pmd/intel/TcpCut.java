// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd.intel;

import io.hotbus.eal.io.RawMemory;
import io.hotbus.eal.mem.Mbuf;

/**
 * TCP segmentation: the chip cuts a packet into frames, each with a copy of the headers in which
 * lengths, numbers and checksums are right. Source: 82574 data sheet, section 7.3; 82576 data
 * sheet, chapter "Inline Functions", transmit segmentation.
 */
public final class TcpCut {
    private static final int ETHERNET = 14;
    private static final int IPV4 = 20;
    private static final int TCP = 20;
    private static final int MAX_HEADERS = 255;
    private static final int MAX_IP = 65535;
    private static final int SHORT = 0xffff;
    /** The protocol number of TCP, as a half of a word in the order of the network. */
    private static final int TCP_PROTOCOL = 6 << Byte.SIZE;

    private TcpCut() {
    }

    /** The bytes of all headers of a packet. */
    public static int headers(long packet) {
        return Mbuf.l2Length(packet) + Mbuf.l3Length(packet) + Mbuf.l4Length(packet);
    }

    /**
     * Whether the chip can cut the packet. The headers are in the first segment, which belongs to
     * its sender alone.
     *
     * @param maxFrame the longest frame that the chip sends, without its FCS
     */
    static boolean fits(long packet, int maxFrame) {
        int headers = headers(packet);
        int length = Mbuf.length(packet);
        int mss = Mbuf.tsoSegmentSize(packet);
        return Mbuf.l2Length(packet) >= ETHERNET && Mbuf.l3Length(packet) >= IPV4
                && Mbuf.l4Length(packet) >= TCP && headers <= MAX_HEADERS
                && headers <= Mbuf.segmentLength(packet) && headers < length
                && length - Mbuf.l2Length(packet) <= MAX_IP
                && mss > 0 && headers + mss <= maxFrame
                && Mbuf.references(packet) == 1;
    }

    /**
     * Writes what the chip takes as the beginning: no length and no checksum of IP, and in the
     * checksum of TCP the sum of the pseudo-header without the length. As Linux does in {@code
     * igb_tso}.
     *
     * @param v4 whether the packet is IPv4, else IPv6
     */
    static void prepareHeaders(long packet, boolean v4) {
        long ip = Mbuf.data(packet) + Mbuf.l2Length(packet);
        long tcp = ip + Mbuf.l3Length(packet);
        if (v4) {
            RawMemory.putShort(ip + 2, (short) 0);
            RawMemory.putShort(ip + 10, (short) 0);
            RawMemory.putShort(tcp + 16, pseudoHeader(ip + 12, 8));
        } else {
            RawMemory.putShort(ip + 4, (short) 0);
            RawMemory.putShort(tcp + 16, pseudoHeader(ip + 8, 32));
        }
    }

    private static short pseudoHeader(long addresses, int bytes) {
        long sum = TCP_PROTOCOL;
        for (int i = 0; i < bytes; i += Short.BYTES) {
            sum += RawMemory.getShort(addresses + i) & SHORT;
        }
        sum = (sum & SHORT) + (sum >>> Short.SIZE);
        return (short) (sum + (sum >>> Short.SIZE));
    }
}
