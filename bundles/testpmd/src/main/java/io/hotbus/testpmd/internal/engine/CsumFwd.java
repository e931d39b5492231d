// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.engine;

import io.hotbus.eal.io.RawMemory;
import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.MbufFlags;
import io.hotbus.ethdev.TxOffload;
import io.hotbus.testpmd.ForwardEngine;
import io.hotbus.testpmd.FwdStream;
import io.hotbus.testpmd.PortPlan;
import java.util.Set;
import org.osgi.service.component.annotations.Component;

/**
 * {@code csum}: the addresses become those of the port that sends and of its peer, and the
 * checksums of IPv4, TCP, UDP and ICMP are computed anew: by the port where it has the offload, and
 * in software otherwise. A port with TCP_TSO cuts TCP packets whose payload is longer than the
 * segment of its plan. What is no whole packet, such as a fragment, keeps the checksum above IP.
 * Source: DPDK {@code app/test-pmd/csumonly.c}.
 */
@Component
public final class CsumFwd implements ForwardEngine {
    private static final int UDP_LENGTH = 4;
    private static final int UDP_CHECKSUM = 6;
    private static final int UDP_HEADER = 8;
    private static final int TCP_CHECKSUM = 16;
    private static final int TCP_HEADER = 20;
    /** Where its upper four bits say how long the header is, in words. */
    private static final int TCP_OFFSET = 12;
    private static final int ICMP_CHECKSUM = 2;
    private static final int ICMP_HEADER = 8;

    /** What the port computes itself, and the bytes of the segments that it cuts; 0: none. */
    private record Offloads(boolean ip, boolean udp, boolean tcp, int segment) {
        static Offloads of(PortPlan plan) {
            Set<TxOffload> on = plan.txOffloads();
            return new Offloads(on.contains(TxOffload.IPV4_CKSUM),
                    on.contains(TxOffload.UDP_CKSUM), on.contains(TxOffload.TCP_CKSUM),
                    on.contains(TxOffload.TCP_TSO) ? plan.tsoSegment() : 0);
        }

        /** Whether a TCP packet with so much above IP, and so long a header, is to be cut. */
        boolean cuts(int length, int header) {
            return segment > 0 && header >= TCP_HEADER && length - header > segment;
        }
    }

    @Override
    public String name() {
        return "csum";
    }

    @Override
    public void begin(FwdStream stream) {
        stream.setState(Offloads.of(stream.txPlan()));
    }

    @Override
    public void forward(FwdStream stream) {
        int count = stream.receive();
        if (count == 0) {
            return;
        }
        Offloads offloads = (Offloads) stream.state();
        long[] mbufs = stream.mbufs();
        long peer = stream.peerMac();
        long own = stream.txMac();
        int badIp = 0;
        int badL4 = 0;
        for (int i = 0; i < count; i++) {
            long mbuf = mbufs[i];
            long received = Mbuf.flags(mbuf);
            badIp += (received & MbufFlags.RX_IP_CKSUM_BAD) != 0 ? 1 : 0;
            badL4 += (received & MbufFlags.RX_L4_CKSUM_BAD) != 0 ? 1 : 0;
            int room = Mbuf.segmentLength(mbuf);
            if (room >= Bytes.ETHERNET) {
                long frame = Mbuf.data(mbuf);
                Bytes.putMac(frame, peer);
                Bytes.putMac(frame + Bytes.SOURCE, own);
                process(mbuf, frame, room, offloads, received);
            }
        }
        stream.countBad(badIp, badL4);
        stream.transmit(count);
    }

    private static void process(
            long mbuf, long frame, int room, Offloads offloads, long received) {
        long headers = Headers.parse(frame, room);
        if (Headers.version(headers) == 0) {
            if (received != 0) {
                Mbuf.setFlags(mbuf, 0);
            }
            return;
        }
        long ip = frame + Headers.l2(headers);
        long flags = Headers.version(headers) == 4 ? ipv4(ip, headers, offloads) : 0;
        flags |= switch (Headers.protocol(headers)) {
            case Headers.UDP -> udp(mbuf, ip, room, headers, offloads,
                    (received & MbufFlags.RX_L4_CKSUM_NONE) != 0);
            case Headers.TCP -> tcp(mbuf, ip, room, headers, offloads);
            case Headers.ICMP, Headers.ICMPV6 -> icmp(mbuf, ip, room, headers);
            default -> 0;
        };
        if (flags != 0) {
            flags |= Headers.version(headers) == 4 ? MbufFlags.TX_IPV4 : MbufFlags.TX_IPV6;
            Mbuf.setHeaderLengths(mbuf, Headers.l2(headers), Headers.l3(headers),
                    l4(ip, headers));
        }
        if ((flags | received) != 0) {
            Mbuf.setFlags(mbuf, flags);
        }
    }

    private static int l4(long ip, long headers) {
        return Headers.protocol(headers) == Headers.TCP
                ? tcpHeader(ip + Headers.l3(headers)) : UDP_HEADER;
    }

    /** Bytes of a TCP header with its options, as it says. */
    private static int tcpHeader(long tcp) {
        return Bytes.get8(tcp + TCP_OFFSET) >>> 4 << 2;
    }

    private static long ipv4(long ip, long headers, Offloads offloads) {
        if (offloads.ip) {
            RawMemory.putShort(ip + 10, (short) 0);
            return MbufFlags.TX_IP_CKSUM;
        }
        Checksum.writeIpv4(ip, Headers.l3(headers));
        return 0;
    }

    /**
     * The bytes above IP, or 0 where the checksum is not to be touched: the frame has less than its
     * header says, or the first segment does not hold the header of that protocol.
     */
    private static int payload(long mbuf, long ip, int room, long headers, int header) {
        int offset = Headers.l2(headers) + Headers.l3(headers);
        int length = Headers.payload(ip, headers);
        return length < header || offset + header > room || offset + length > Mbuf.length(mbuf)
                ? 0 : length;
    }

    private static long udp(long mbuf, long ip, int room, long headers, Offloads offloads,
            boolean unfinished) {
        int payload = payload(mbuf, ip, room, headers, UDP_HEADER);
        long udp = ip + Headers.l3(headers);
        if (payload == 0) {
            return 0;
        }
        int length = Bytes.get16(udp + UDP_LENGTH);
        boolean without = RawMemory.getShort(udp + UDP_CHECKSUM) == 0 && !unfinished;
        if (without || length < UDP_HEADER || length > payload) {
            return 0;
        }
        if (offloads.udp) {
            leave(ip, headers, length, udp + UDP_CHECKSUM);
            return MbufFlags.TX_UDP_CKSUM;
        }
        int checksum = compute(mbuf, ip, headers, length, UDP_CHECKSUM);
        // In UDP zero means that there is none.
        RawMemory.putShort(udp + UDP_CHECKSUM, (short) (checksum == 0 ? 0xffff : checksum));
        return 0;
    }

    private static long tcp(long mbuf, long ip, int room, long headers, Offloads offloads) {
        int length = payload(mbuf, ip, room, headers, TCP_HEADER);
        if (length == 0) {
            return 0;
        }
        long tcp = ip + Headers.l3(headers);
        long field = tcp + TCP_CHECKSUM;
        // Behind the packet there must be nothing, which would be cut, too.
        if (offloads.cuts(length, tcpHeader(tcp)) && Mbuf.length(mbuf)
                == Headers.l2(headers) + Headers.l3(headers) + length) {
            Mbuf.setTsoSegmentSize(mbuf, offloads.segment);
            return MbufFlags.TX_TCP_SEG;
        }
        if (offloads.tcp) {
            leave(ip, headers, length, field);
            return MbufFlags.TX_TCP_CKSUM;
        }
        RawMemory.putShort(field, (short) compute(mbuf, ip, headers, length, TCP_CHECKSUM));
        return 0;
    }

    /** The port computes it: the field holds the sum of the pseudo-header. */
    private static void leave(long ip, long headers, int length, long field) {
        RawMemory.putShort(field, (short) Checksum.fold(Checksum.pseudoHeader(
                ip, Headers.version(headers), Headers.protocol(headers), length)));
    }

    private static long icmp(long mbuf, long ip, int room, long headers) {
        boolean v4 = Headers.version(headers) == 4;
        int length = payload(mbuf, ip, room, headers, ICMP_HEADER);
        if (length == 0 || v4 != (Headers.protocol(headers) == Headers.ICMP)) {
            return 0;
        }
        long icmp = ip + Headers.l3(headers);
        RawMemory.putShort(icmp + ICMP_CHECKSUM, (short) 0);
        int offset = Headers.l2(headers) + Headers.l3(headers);
        long sum = Checksum.sumOfPacket(mbuf, offset, length);
        if (!v4) {
            sum += Checksum.pseudoHeader(ip, 6, Headers.ICMPV6, length);
        }
        RawMemory.putShort(icmp + ICMP_CHECKSUM, (short) ~Checksum.fold(sum));
        return 0;
    }

    /** The checksum of TCP or UDP, whose field is at {@code field} of its header. */
    private static int compute(long mbuf, long ip, long headers, int length, int field) {
        RawMemory.putShort(ip + Headers.l3(headers) + field, (short) 0);
        int offset = Headers.l2(headers) + Headers.l3(headers);
        long sum = Checksum.pseudoHeader(
                ip, Headers.version(headers), Headers.protocol(headers), length)
                + Checksum.sumOfPacket(mbuf, offset, length);
        return ~Checksum.fold(sum) & 0xffff;
    }
}
