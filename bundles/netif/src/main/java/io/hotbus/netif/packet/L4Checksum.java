// SPDX-License-Identifier: Apache-2.0
package io.hotbus.netif.packet;

import io.hotbus.eal.io.RawMemory;

/**
 * Finishes the checksum of TCP or UDP in a frame of a local stack, which has left that to the
 * sender: the checksum field holds the sum of the pseudo-header. The lcore's thread. Never reads
 * outside of the frame. Source: RFC 1071; the kernel's {@code skb_checksum_help}.
 */
final class L4Checksum {
    private static final int IPV4 = 0x0800;
    private static final int IPV6 = 0x86dd;
    private static final int VLAN = 0x8100;
    private static final int SERVICE_VLAN = 0x88a8;
    private static final int TCP = 6;
    private static final int UDP = 17;
    private static final int TCP_FIELD = 16;
    private static final int UDP_FIELD = 6;
    private static final int IPV4_HEADER = 20;
    private static final int IPV6_HEADER = 40;
    private static final int MOST_EXTENSIONS = 8;

    private L4Checksum() {
    }

    /** Finishes the checksum of the frame of {@code length} bytes, if it is one of TCP or UDP. */
    static void finish(long frame, int length) {
        int at = FrameBytes.ADDRESSES;
        int type = half(frame, at, length);
        while ((type == VLAN || type == SERVICE_VLAN) && at + FrameBytes.TAG < length) {
            at += FrameBytes.TAG;
            type = half(frame, at, length);
        }
        at += Short.BYTES;
        if (type == IPV4 && at + IPV4_HEADER <= length) {
            final int header = (octet(frame, at) & 0xf) * Integer.BYTES;
            final int end = at + half(frame, at + 2, length);
            finish(frame, at + header, end, octet(frame, at + 9), length);
        } else if (type == IPV6 && at + IPV6_HEADER <= length) {
            finishIpv6(frame, at, length);
        }
    }

    private static void finishIpv6(long frame, int at, int length) {
        final int end = at + IPV6_HEADER + half(frame, at + 4, length);
        int next = octet(frame, at + 6);
        int header = at + IPV6_HEADER;
        for (int i = 0; i < MOST_EXTENSIONS && isExtension(next) && header + 2 <= length; i++) {
            next = octet(frame, header);
            header += (octet(frame, header + 1) + 1) * Long.BYTES;
        }
        finish(frame, header, end, next, length);
    }

    /** Hop-by-hop options, a routing header, or destination options. */
    private static boolean isExtension(int header) {
        return header == 0 || header == 43 || header == 60;
    }

    private static void finish(long frame, int start, int end, int protocol, int length) {
        final int field = start + (protocol == TCP ? TCP_FIELD : UDP_FIELD);
        if (protocol != TCP && protocol != UDP || end > length || field + Short.BYTES > end) {
            return;
        }
        final int sum = ~sum(frame + start, end - start) & 0xffff;
        // In UDP, zero would mean that there is no checksum.
        RawMemory.putShort(frame + field,
                (short) (sum == 0 && protocol == UDP ? 0xffff : sum));
    }

    /** The ones' complement sum, in the byte order of memory. */
    private static int sum(long address, int bytes) {
        long sum = 0;
        int i = 0;
        for (; i + Integer.BYTES <= bytes; i += Integer.BYTES) {
            sum += Integer.toUnsignedLong(RawMemory.getInt(address + i));
        }
        if (i + Short.BYTES <= bytes) {
            sum += Short.toUnsignedLong(RawMemory.getShort(address + i));
            i += Short.BYTES;
        }
        if (i < bytes) {
            sum += Byte.toUnsignedLong(RawMemory.getByte(address + i));
        }
        sum = (sum & 0xffff_ffffL) + (sum >>> Integer.SIZE);
        sum = (sum & 0xffff) + (sum >>> Short.SIZE);
        sum = (sum & 0xffff) + (sum >>> Short.SIZE);
        return (int) ((sum & 0xffff) + (sum >>> Short.SIZE));
    }

    private static int octet(long frame, int at) {
        return Byte.toUnsignedInt(RawMemory.getByte(frame + at));
    }

    private static int half(long frame, int at, int length) {
        return at + Short.BYTES > length ? 0
                : octet(frame, at) << Byte.SIZE | octet(frame, at + 1);
    }
}
