// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.engine;

import java.util.Arrays;
import java.util.HexFormat;

/** Frames as arrays of bytes, in packets of one or more segments, and their checksums. */
final class Packets {
    /** Dots separate layers. An Ethernet header for IPv4. */
    static final String ETHERNET = "0200000000bb 0200000000aa 0800";

    private Packets() {
    }

    static byte[] frame(String hex) {
        return HexFormat.of().parseHex(hex.replace(" ", ""));
    }

    /** A frame of UDP or TCP over IPv4 whose checksums are wrong. */
    static byte[] ipv4(int protocol, int payload) {
        int l4 = protocol == Headers.TCP ? 20 : 8;
        byte[] frame = Arrays.copyOf(
                frame(ETHERNET + "4500 0000 1234 0000 40 00 dead 0a000001 0a000002"),
                34 + l4 + payload);
        put16(frame, 16, 20 + l4 + payload);
        frame[23] = (byte) protocol;
        fillL4(frame, 34, protocol, l4 + payload);
        return frame;
    }

    /** A frame of UDP or TCP over IPv6, after {@code extension}; the checksum is wrong. */
    static byte[] ipv6(int protocol, String extension, int firstHeader, int payload) {
        byte[] more = frame(extension);
        int l4 = protocol == Headers.TCP ? 20 : 8;
        byte[] frame = Arrays.copyOf(frame("0200000000bb 0200000000aa 86dd 60000000 0000 00 40"
                + "20010db8000000000000000000000001 20010db8000000000000000000000002"),
                54 + more.length + l4 + payload);
        put16(frame, 18, more.length + l4 + payload);
        frame[20] = (byte) firstHeader;
        System.arraycopy(more, 0, frame, 54, more.length);
        fillL4(frame, 54 + more.length, protocol, l4 + payload);
        return frame;
    }

    private static void fillL4(byte[] frame, int at, int protocol, int length) {
        for (int i = at; i < frame.length; i++) {
            frame[i] = (byte) (i * 37);
        }
        put16(frame, at, 1234);
        put16(frame, at + 2, 80);
        if (protocol == Headers.UDP) {
            put16(frame, at + 4, length);
        }
        put16(frame, at + (protocol == Headers.TCP ? 16 : 6), 0xbad0);
    }

    /** Inserts a VLAN tag. */
    static byte[] tagged(byte[] frame, int type) {
        byte[] tagged = new byte[frame.length + 4];
        System.arraycopy(frame, 0, tagged, 0, 12);
        put16(tagged, 12, type);
        put16(tagged, 14, 0x0123);
        System.arraycopy(frame, 12, tagged, 16, frame.length - 12);
        return tagged;
    }

    static void put16(byte[] frame, int at, int value) {
        frame[at] = (byte) (value >>> 8);
        frame[at + 1] = (byte) value;
    }

    static int get16(byte[] frame, int at) {
        return (frame[at] & 0xff) << 8 | frame[at + 1] & 0xff;
    }

    /** The folded sum of {@code length} bytes, word by word as RFC 1071 says. */
    static int sum(byte[] bytes, int at, int length, int start) {
        int sum = start;
        for (int i = 0; i < length; i += 2) {
            sum += (bytes[at + i] & 0xff) << 8 | (i + 1 < length ? bytes[at + i + 1] & 0xff : 0);
        }
        while (sum >>> 16 != 0) {
            sum = (sum & 0xffff) + (sum >>> 16);
        }
        return sum;
    }

    /** Whether the checksum above IPv4 is right. */
    static boolean isRight(byte[] frame, int ip, int addresses, int l4, int protocol) {
        int length = frame.length - l4;
        int pseudo = sum(frame, ip, addresses, 0) + protocol + length;
        return sum(frame, l4, length, pseudo) == 0xffff;
    }
}
