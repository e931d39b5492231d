// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.engine;

import io.hotbus.eal.io.RawMemory;
import io.hotbus.eal.mem.Mbuf;
import io.hotbus.testpmd.ForwardEngine;
import io.hotbus.testpmd.FwdStream;
import org.osgi.service.component.annotations.Component;

/**
 * {@code icmpecho}: ARP requests for any address and ICMP echo requests are answered at the port
 * that they came from; all other packets are freed. Source: DPDK {@code app/test-pmd/icmpecho.c}.
 */
@Component
public final class IcmpEchoFwd implements ForwardEngine {
    private static final int ARP_LENGTH = 28;
    /** Ethernet, IPv4, and the lengths of their addresses: the first six bytes of ARP. */
    private static final long ARP_IPV4 = 0x0001_0800_0604L;
    private static final int ARP_OPERATION = 6;
    private static final int ARP_SENDER = 8;
    private static final int ARP_SENDER_IP = 14;
    private static final int ARP_TARGET = 18;
    private static final int ARP_TARGET_IP = 24;
    private static final int REQUEST = 1;
    private static final int REPLY = 2;

    private static final int ICMP_LENGTH = 8;
    private static final int ECHO_REQUEST = 8;

    @Override
    public String name() {
        return "icmpecho";
    }

    @Override
    public boolean answers() {
        return true;
    }

    @Override
    public void forward(FwdStream stream) {
        int count = stream.receive();
        if (count == 0) {
            return;
        }
        long[] mbufs = stream.mbufs();
        int replies = 0;
        for (int i = 0; i < count; i++) {
            long mbuf = mbufs[i];
            if (answer(Mbuf.data(mbuf), Mbuf.segmentLength(mbuf), stream.txMac())) {
                // Those to be freed are moved up, so that each buffer is in the burst once.
                mbufs[i] = mbufs[replies];
                mbufs[replies++] = mbuf;
            }
        }
        if (replies < count) {
            stream.free(mbufs, replies, count - replies);
        }
        if (replies != 0) {
            stream.transmit(replies);
        }
    }

    /** Turns a request into its reply. False if the frame is no request. */
    private static boolean answer(long frame, int room, long own) {
        if (room < Bytes.ETHERNET) {
            return false;
        }
        int l2 = Headers.linkLength(frame, room);
        return switch (Bytes.get16(frame + l2 - 2)) {
            case Headers.ARP -> room >= l2 + ARP_LENGTH && answerArp(frame, frame + l2, own);
            case Headers.IPV4 -> answerEcho(frame, room);
            default -> false;
        };
    }

    private static boolean answerArp(long frame, long arp, long own) {
        long kind = Long.reverseBytes(RawMemory.getLong(arp)) >>> Short.SIZE;
        if (kind != ARP_IPV4 || Bytes.get16(arp + ARP_OPERATION) != REQUEST) {
            return false;
        }
        RawMemory.copy(frame + Bytes.SOURCE, frame, 6);
        Bytes.putMac(frame + Bytes.SOURCE, own);
        Bytes.put16(arp + ARP_OPERATION, REPLY);
        int senderIp = RawMemory.getInt(arp + ARP_SENDER_IP);
        int targetIp = RawMemory.getInt(arp + ARP_TARGET_IP);
        RawMemory.copy(arp + ARP_SENDER, arp + ARP_TARGET, 6);
        Bytes.putMac(arp + ARP_SENDER, own);
        RawMemory.putInt(arp + ARP_SENDER_IP, targetIp);
        RawMemory.putInt(arp + ARP_TARGET_IP, senderIp);
        return true;
    }

    private static boolean answerEcho(long frame, int room) {
        long headers = Headers.parse(frame, room);
        long ip = frame + Headers.l2(headers);
        long icmp = ip + Headers.l3(headers);
        // Type and code, of a request.
        if (Headers.protocol(headers) != Headers.ICMP || icmp + ICMP_LENGTH > frame + room
                || Bytes.get16(icmp) != ECHO_REQUEST << Byte.SIZE) {
            return false;
        }
        Bytes.swapMacs(frame);
        if (Bytes.get8(ip + 16) >>> 4 == 0xe) {
            answerGroup(ip, Headers.l3(headers));
        } else {
            Bytes.swapInts(ip + 12);
        }
        RawMemory.putByte(icmp, (byte) 0); // the type of a reply
        long sum = ~RawMemory.getShort(icmp + 2) & 0xffff;
        // The type is taken out of the sum; RFC 1624.
        sum += ~ECHO_REQUEST & 0xffff;
        RawMemory.putShort(icmp + 2, (short) ~Checksum.fold(sum));
        return true;
    }

    /** The reply to a group comes from an address beside that of the sender, as in DPDK. */
    private static void answerGroup(long ip, int length) {
        int sender = Integer.reverseBytes(RawMemory.getInt(ip + 12));
        Bytes.put32(ip + 12, sender & ~3 | ((sender & 3) == 1 ? 2 : 1));
        Bytes.put32(ip + 16, sender);
        Checksum.writeIpv4(ip, length);
    }
}
