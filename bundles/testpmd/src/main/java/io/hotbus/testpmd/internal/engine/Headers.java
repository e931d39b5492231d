// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.engine;

import static io.hotbus.testpmd.internal.engine.Bytes.get16;
import static io.hotbus.testpmd.internal.engine.Bytes.get8;

/**
 * The headers of a frame, packed into a {@code long}: lengths of the link layer and of IP, the
 * version of IP, and the protocol above. Only what lies within the first segment is read; a frame
 * that is cut off or contradicts itself has no IP header, or nothing above it, for this class.
 */
final class Headers {
    static final int ICMP = 1;
    static final int TCP = 6;
    static final int UDP = 17;
    static final int ICMPV6 = 58;
    /** The protocol of a fragment, or of a frame whose extension headers lead nowhere. */
    static final int NOTHING = 255;

    static final int IPV4 = 0x0800;
    static final int ARP = 0x0806;
    static final int IPV6 = 0x86dd;
    private static final int VLAN = 0x8100;
    private static final int SERVICE_VLAN = 0x88a8;

    static final int IPV4_LENGTH = 20;
    static final int IPV6_LENGTH = 40;
    private static final int FRAGMENT_BITS = 0x3fff;
    private static final int HOP_BY_HOP = 0;
    private static final int ROUTING = 43;
    private static final int DESTINATION = 60;
    private static final int FRAGMENT = 44;

    private Headers() {
    }

    private static long packed(int l2, int l3, int version, int protocol) {
        return l2 | (long) l3 << 16 | (long) protocol << 32 | (long) version << 40;
    }

    /** Bytes of the link layer's header with its VLAN tags; 0: the frame has not even that. */
    static int l2(long headers) {
        return (int) headers & 0xffff;
    }

    /** Bytes of the IP header with options or extension headers; 0: there is none. */
    static int l3(long headers) {
        return (int) headers >>> 16;
    }

    /** The protocol above IP. */
    static int protocol(long headers) {
        return (int) (headers >>> 32) & 0xff;
    }

    /** 4, 6, or 0 where the frame has no IP header. */
    static int version(long headers) {
        return (int) (headers >>> 40);
    }

    /** Bytes of the link layer's header with its VLAN tags; {@code room} bytes can be read. */
    static int linkLength(long frame, int room) {
        int length = Bytes.ETHERNET;
        while (length + 4 <= room && isTag(get16(frame + length - 2))) {
            length += 4;
        }
        return length;
    }

    private static boolean isTag(int type) {
        return type == VLAN || type == SERVICE_VLAN;
    }

    /** Reads the headers of a frame of which {@code room} bytes can be read. */
    static long parse(long frame, int room) {
        if (room < Bytes.ETHERNET) {
            return 0;
        }
        int l2 = linkLength(frame, room);
        return switch (get16(frame + l2 - 2)) {
            case IPV4 -> ipv4(frame + l2, l2, room - l2);
            case IPV6 -> ipv6(frame + l2, l2, room - l2);
            default -> l2;
        };
    }

    private static long ipv4(long ip, int l2, int room) {
        if (room < IPV4_LENGTH || get8(ip) >>> 4 != 4) {
            return l2;
        }
        int length = (get8(ip) & 0xf) * 4;
        if (length < IPV4_LENGTH || length > room) {
            return l2;
        }
        boolean fragment = (get16(ip + 6) & FRAGMENT_BITS) != 0;
        return packed(l2, length, 4, fragment ? NOTHING : get8(ip + 9));
    }

    private static long ipv6(long ip, int l2, int room) {
        if (room < IPV6_LENGTH || get8(ip) >>> 4 != 6) {
            return l2;
        }
        int length = IPV6_LENGTH;
        int next = get8(ip + 6);
        while (next == HOP_BY_HOP || next == ROUTING || next == DESTINATION) {
            if (length + 8 > room || next == ROUTING && get8(ip + length + 3) != 0) {
                return packed(l2, length, 6, NOTHING);
            }
            next = get8(ip + length);
            length += (get8(ip + length + 1) + 1) * 8;
            if (length > room) {
                return packed(l2, IPV6_LENGTH, 6, NOTHING);
            }
        }
        return packed(l2, length, 6, next == FRAGMENT ? NOTHING : next);
    }

    /** Bytes above IP, by the IP header at {@code ip}. May be negative: headers lie. */
    static int payload(long ip, long headers) {
        return version(headers) == 4 ? get16(ip + 2) - l3(headers)
                : get16(ip + 4) + IPV6_LENGTH - l3(headers);
    }
}
