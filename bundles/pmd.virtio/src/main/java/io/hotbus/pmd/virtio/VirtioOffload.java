// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd.virtio;

import io.hotbus.eal.io.RawMemory;
import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.MbufFlags;
import io.hotbus.ethdev.PortConfig;
import io.hotbus.ethdev.RxOffload;
import io.hotbus.ethdev.TxOffload;
import java.util.EnumSet;
import java.util.Set;

/**
 * The offloads of checksums and segmentation: features, and headers of packets. Source: 5.1.6.2 for
 * packets to be sent, 5.1.6.4 for received ones.
 */
public final class VirtioOffload {
    private static final int NEEDS_CSUM = 1;
    private static final int DATA_VALID = 1 << 1;
    private static final byte GSO_TCPV4 = 1;
    private static final byte GSO_TCPV6 = 4;
    /** Where TCP and UDP have their checksums. */
    private static final int TCP_CKSUM = 16;
    private static final int UDP_CKSUM = 6;
    private static final int TCP = 6;
    private static final int MAX_IP = 65_535;
    private static final long CKSUM = MbufFlags.TX_TCP_CKSUM | MbufFlags.TX_UDP_CKSUM
            | MbufFlags.TX_TCP_SEG;
    private static final long TSO =
            VirtioFeature.CSUM | VirtioFeature.HOST_TSO4 | VirtioFeature.HOST_TSO6;

    private VirtioOffload() {
    }

    /** What a device that offers these features can do with received packets. */
    public static Set<RxOffload> receive(long offered) {
        return VirtioFeature.has(offered, VirtioFeature.GUEST_CSUM)
                ? EnumSet.of(RxOffload.UDP_CKSUM, RxOffload.TCP_CKSUM) : Set.of();
    }

    /** What a device that offers these features can do with packets to be sent. */
    public static Set<TxOffload> transmit(long offered) {
        Set<TxOffload> offloads = EnumSet.noneOf(TxOffload.class);
        if (VirtioFeature.has(offered, VirtioFeature.CSUM)) {
            offloads.add(TxOffload.UDP_CKSUM);
            offloads.add(TxOffload.TCP_CKSUM);
        }
        if (VirtioFeature.has(offered, TSO)) {
            offloads.add(TxOffload.TCP_TSO);
        }
        return offloads;
    }

    /** The features that a port with this configuration needs. */
    public static long features(PortConfig config) {
        long features = config.rxOffloads().isEmpty() ? 0 : VirtioFeature.GUEST_CSUM;
        if (config.txOffloads().contains(TxOffload.TCP_TSO)) {
            return features | TSO;
        }
        return features | (config.txOffloads().isEmpty() ? 0 : VirtioFeature.CSUM);
    }

    /** The flags of a packet that was received with the header at {@code header}. */
    static long received(long header) {
        int flags = RawMemory.getByte(header + VirtioHeader.FLAGS);
        if ((flags & NEEDS_CSUM) != 0) {
            return MbufFlags.RX_L4_CKSUM_NONE;
        }
        return (flags & DATA_VALID) != 0 ? MbufFlags.RX_L4_CKSUM_GOOD : 0;
    }

    /** Whether a packet asks for something. */
    static boolean isAsked(long packet) {
        return (Mbuf.flags(packet) & CKSUM) != 0;
    }

    /**
     * Whether the device can do what a packet asks for: its headers lie in the packet, and those
     * that the driver changes in a first segment that it may write to.
     */
    static boolean isPossible(long packet) {
        long flags = Mbuf.flags(packet);
        int start = Mbuf.l2Length(packet) + Mbuf.l3Length(packet);
        if (start + offset(flags) + Short.BYTES > Mbuf.length(packet)) {
            return false;
        }
        if ((flags & MbufFlags.TX_TCP_SEG) == 0) {
            return true;
        }
        int ip = (flags & MbufFlags.TX_IPV6) != 0 ? 40 : 20;
        return Mbuf.length(packet) - Mbuf.l2Length(packet) <= MAX_IP
                && Mbuf.l3Length(packet) >= ip && Mbuf.l4Length(packet) >= TCP_CKSUM + Short.BYTES
                && start + Mbuf.l4Length(packet) <= Mbuf.segmentLength(packet)
                && Mbuf.tsoSegmentSize(packet) > 0 && Mbuf.references(packet) == 1;
    }

    /** Whether the packet may be longer than a frame, as the device cuts it. */
    static boolean isSegmented(long packet) {
        return (Mbuf.flags(packet) & MbufFlags.TX_TCP_SEG) != 0;
    }

    private static int offset(long flags) {
        return (flags & MbufFlags.TX_UDP_CKSUM) != 0 ? UDP_CKSUM : TCP_CKSUM;
    }

    /** Writes the header at {@code to} for a packet that asks for something. */
    static void write(long to, long packet) {
        long flags = Mbuf.flags(packet);
        int start = Mbuf.l2Length(packet) + Mbuf.l3Length(packet);
        RawMemory.putLong(to, NEEDS_CSUM | (long) start << VirtioHeader.CSUM_START * Byte.SIZE);
        RawMemory.putInt(to + VirtioHeader.CSUM_OFFSET, offset(flags));
        if ((flags & MbufFlags.TX_TCP_SEG) != 0) {
            boolean v6 = (flags & MbufFlags.TX_IPV6) != 0;
            RawMemory.putByte(to + VirtioHeader.GSO_TYPE, v6 ? GSO_TCPV6 : GSO_TCPV4);
            RawMemory.putShort(to + VirtioHeader.HDR_LEN,
                    (short) (start + Mbuf.l4Length(packet)));
            RawMemory.putShort(to + VirtioHeader.GSO_SIZE, (short) Mbuf.tsoSegmentSize(packet));
            long l3 = Mbuf.data(packet) + Mbuf.l2Length(packet);
            RawMemory.putShort(Mbuf.data(packet) + start + TCP_CKSUM, pseudoHeader(
                    v6 ? l3 + 8 : l3 + 12, v6 ? 32 : 8, Mbuf.length(packet) - start));
        }
    }

    /** The sum of the pseudo-header, as it lies in memory: of addresses, protocol and length. */
    private static short pseudoHeader(long addresses, int bytes, int length) {
        long sum = Short.toUnsignedInt(Short.reverseBytes((short) TCP))
                + Short.toUnsignedInt(Short.reverseBytes((short) length));
        for (int i = 0; i < bytes; i += Short.BYTES) {
            sum += Short.toUnsignedInt(RawMemory.getShort(addresses + i));
        }
        sum = (sum & 0xffff) + (sum >>> Short.SIZE);
        return (short) (sum + (sum >>> Short.SIZE));
    }
}
