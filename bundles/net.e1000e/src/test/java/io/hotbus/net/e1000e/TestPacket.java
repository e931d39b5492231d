// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.e1000e;

import io.hotbus.eal.io.RawMemory;
import io.hotbus.eal.mem.Mbuf;

/** Makes and checks Ethernet frames of TCP and UDP over IPv4 and IPv6. */
final class TestPacket {
    static final int TCP = 6;
    static final int UDP = 17;
    static final int ETHERNET = 14;
    static final int TYPE = 12;
    private static final int IPV4_TYPE = 0x0800;
    private static final int IPV6_TYPE = 0x86dd;
    private static final int IPV4 = 20;
    private static final int IPV6 = 40;
    private static final int TCP_HEADER = 20;
    private static final int UDP_HEADER = 8;

    private TestPacket() {
    }

    static int get16(byte[] frame, int at) {
        return (frame[at] & 0xff) << 8 | frame[at + 1] & 0xff;
    }

    static void put16(byte[] frame, int at, int value) {
        frame[at] = (byte) (value >> 8);
        frame[at + 1] = (byte) value;
    }

    /** The ones' complement sum of the bytes from {@code from} to before {@code to}. */
    static int sum(byte[] frame, int from, int to, int before) {
        long sum = before;
        for (int i = from; i < to; i++) {
            sum += (long) (frame[i] & 0xff) << ((i - from & 1) == 0 ? 8 : 0);
        }
        while (sum > 0xffff) {
            sum = (sum & 0xffff) + (sum >> 16);
        }
        return (int) sum;
    }

    static boolean isIpv4(byte[] frame) {
        return get16(frame, TYPE) == IPV4_TYPE;
    }

    static boolean isIp(byte[] frame) {
        return isIpv4(frame) || get16(frame, TYPE) == IPV6_TYPE;
    }

    private static int l3(byte[] frame) {
        return isIpv4(frame) ? IPV4 : IPV6;
    }

    static int protocol(byte[] frame) {
        return frame[ETHERNET + (isIpv4(frame) ? 9 : 6)];
    }

    static int l4(byte[] frame) {
        return ETHERNET + l3(frame);
    }

    private static int l4Header(byte[] frame) {
        return protocol(frame) == TCP ? TCP_HEADER : UDP_HEADER;
    }

    /** Where the payload of TCP or UDP begins. */
    static int payload(byte[] frame) {
        return l4(frame) + l4Header(frame);
    }

    private static int checksumAt(byte[] frame) {
        return l4(frame) + (protocol(frame) == TCP ? 16 : 6);
    }

    static boolean hasGoodIpChecksum(byte[] frame) {
        return sum(frame, ETHERNET, ETHERNET + IPV4, 0) == 0xffff;
    }

    static boolean hasL4Checksum(byte[] frame) {
        return protocol(frame) == TCP
                || protocol(frame) == UDP && get16(frame, checksumAt(frame)) != 0;
    }

    static boolean hasGoodL4Checksum(byte[] frame) {
        return sum(frame, l4(frame), end(frame), pseudo(frame, end(frame) - l4(frame))) == 0xffff;
    }

    /** Where the IP packet ends; padding may follow. */
    private static int end(byte[] frame) {
        return isIpv4(frame) ? ETHERNET + get16(frame, ETHERNET + 2)
                : ETHERNET + IPV6 + get16(frame, ETHERNET + 4);
    }

    private static int pseudo(byte[] frame, int length) {
        int from = ETHERNET + (isIpv4(frame) ? 12 : 8);
        return sum(frame, from, l4(frame), protocol(frame) + length);
    }

    /** A frame with right checksums, and a payload whose bytes follow from their places. */
    static byte[] of(boolean v4, int protocol, int payload) {
        int l3 = v4 ? IPV4 : IPV6;
        int header = protocol == TCP ? TCP_HEADER : UDP_HEADER;
        byte[] frame = new byte[ETHERNET + l3 + header + payload];
        for (int i = 0; i < TYPE; i++) {
            frame[i] = (byte) (2 * i);
        }
        put16(frame, TYPE, v4 ? IPV4_TYPE : IPV6_TYPE);
        if (v4) {
            frame[ETHERNET] = 0x45;
            put16(frame, ETHERNET + 2, frame.length - ETHERNET);
            put16(frame, ETHERNET + 4, 0x1234);
            frame[ETHERNET + 8] = 64;
            frame[ETHERNET + 9] = (byte) protocol;
        } else {
            frame[ETHERNET] = 0x60;
            put16(frame, ETHERNET + 4, header + payload);
            frame[ETHERNET + 6] = (byte) protocol;
            frame[ETHERNET + 7] = 64;
        }
        for (int i = ETHERNET + (v4 ? 12 : 8); i < ETHERNET + l3; i++) {
            frame[i] = (byte) (i * 17 + 1);
        }
        writeL4(frame, header, payload);
        writeChecksums(frame);
        return frame;
    }

    private static void writeL4(byte[] frame, int header, int payload) {
        int l4 = l4(frame);
        put16(frame, l4, 2794);
        put16(frame, l4 + 2, 1766);
        if (protocol(frame) == TCP) {
            frame[l4 + 12] = TCP_HEADER / 4 << 4;
            frame[l4 + 13] = 0x18;
        } else {
            put16(frame, l4 + 4, header + payload);
        }
        for (int i = 0; i < payload; i++) {
            frame[l4 + header + i] = (byte) (i * 7 + (i >> 8));
        }
    }

    private static void writeChecksums(byte[] frame) {
        if (isIpv4(frame)) {
            put16(frame, ETHERNET + 10, 0);
            put16(frame, ETHERNET + 10, ~sum(frame, ETHERNET, ETHERNET + IPV4, 0));
        }
        leavePseudoHeader(frame);
        put16(frame, checksumAt(frame), ~sum(frame, l4(frame), end(frame), 0));
    }

    /** The checksum field holds the sum of the pseudo-header, as for a device that completes it. */
    private static void leavePseudoHeader(byte[] frame) {
        put16(frame, checksumAt(frame), pseudo(frame, end(frame) - l4(frame)));
    }

    /** Returns a copy whose checksums are left to the device. */
    static byte[] unfinished(byte[] frame) {
        byte[] copy = frame.clone();
        if (isIpv4(copy)) {
            put16(copy, ETHERNET + 10, 0);
        }
        leavePseudoHeader(copy);
        return copy;
    }

    /** Returns a copy with a tag of four bytes. */
    static byte[] tagged(byte[] frame, int type, int tci) {
        byte[] copy = new byte[frame.length + 4];
        System.arraycopy(frame, 0, copy, 0, TYPE);
        put16(copy, TYPE, type);
        put16(copy, TYPE + 2, tci);
        System.arraycopy(frame, TYPE, copy, TYPE + 4, frame.length - TYPE);
        return copy;
    }

    /** Returns a copy without its tag. */
    static byte[] untagged(byte[] frame) {
        byte[] copy = new byte[frame.length - 4];
        System.arraycopy(frame, 0, copy, 0, TYPE);
        System.arraycopy(frame, TYPE + 4, copy, TYPE, copy.length - TYPE);
        return copy;
    }

    /** Puts the frame into a packet of one segment, with the lengths of its headers. */
    static void write(byte[] frame, long mbuf, long flags) {
        Mbuf.setLength(mbuf, frame.length);
        RawMemory.copy(frame, 0, Mbuf.data(mbuf), frame.length);
        Mbuf.setFlags(mbuf, flags);
        Mbuf.setHeaderLengths(mbuf, ETHERNET, l3(frame), l4Header(frame));
    }
}
