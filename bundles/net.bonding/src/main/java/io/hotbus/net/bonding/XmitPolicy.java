// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.bonding;

import io.hotbus.eal.io.RawMemory;
import io.hotbus.eal.mem.Mbuf;

/**
 * Which headers of a packet choose its member: all packets of a flow take the same one. Thread of
 * the queue. Source of the names: DPDK {@code rte_eth_bond_xmit_policy_set}.
 */
enum XmitPolicy {
    /** The Ethernet addresses. */
    L2,
    /** The Ethernet and the IP addresses. */
    L23,
    /** The IP addresses and the ports; the same as {@link #L23} for other packets. */
    L34;

    private static final int IPV4 = 0x0800;
    private static final int IPV6 = 0x86dd;
    private static final int TCP = 6;
    private static final int UDP = 17;
    private static final int SCTP = 132;
    private static final int IPV4_HEADER = 20;
    private static final int IPV4_ADDRESSES = 12;
    /** More fragments, and the fragment offset, as the CPU reads them. */
    private static final int FRAGMENT = 0xff3f;
    private static final int IPV6_HEADER = 40;
    private static final int IPV6_ADDRESSES = 8;
    private static final int ADDRESS_MASK_BITS = 16;
    private static final long MIX = 0x9e37_79b9_7f4a_7c15L;

    /** A number of 32 bits that depends on the headers alone. */
    int hash(long mbuf) {
        int length = Mbuf.segmentLength(mbuf);
        long data = Mbuf.data(mbuf);
        if (length < Fields.ETHERNET) {
            return 0;
        }
        long ether = mix(RawMemory.getLong(data))
                ^ RawMemory.getLong(data + Integer.BYTES) >>> ADDRESS_MASK_BITS;
        if (this == L2) {
            return end(ether);
        }
        long ip = data + Fields.ETHERNET;
        int type = Fields.get16(data + Fields.TYPE);
        while ((type == Fields.VLAN || type == Fields.QINQ) && ip + Fields.TAG <= data + length) {
            type = Fields.get16(ip + Fields.TAG - Short.BYTES);
            ip += Fields.TAG;
        }
        int left = (int) (data + length - ip);
        if (type == IPV4 && left >= IPV4_HEADER) {
            return end(ipv4(ip, left, ether));
        }
        return end(type == IPV6 && left >= IPV6_HEADER ? ipv6(ip, left, ether) : ether);
    }

    private long ipv4(long ip, int left, long ether) {
        long addresses = mix(RawMemory.getLong(ip + IPV4_ADDRESSES));
        if (this == L23) {
            return addresses ^ ether;
        }
        int header = (RawMemory.getByte(ip) & 0xf) * Integer.BYTES;
        int protocol = Byte.toUnsignedInt(RawMemory.getByte(ip + 9));
        // All fragments of a packet take the same member, and only the first has ports.
        return (RawMemory.getShort(ip + 6) & FRAGMENT) == 0
                ? ports(addresses, ip + header, left - header, protocol) : addresses;
    }

    private long ipv6(long ip, int left, long ether) {
        long addresses = 0;
        for (int i = 0; i < 2 * 2 * Long.BYTES; i += Long.BYTES) {
            addresses = mix(addresses ^ RawMemory.getLong(ip + IPV6_ADDRESSES + i));
        }
        return this == L23 ? addresses ^ ether : ports(addresses, ip + IPV6_HEADER,
                left - IPV6_HEADER, Byte.toUnsignedInt(RawMemory.getByte(ip + 6)));
    }

    private static long ports(long addresses, long header, int left, int protocol) {
        boolean hasPorts = protocol == TCP || protocol == UDP || protocol == SCTP;
        return hasPorts && left >= Integer.BYTES
                ? addresses ^ RawMemory.getInt(header) : addresses;
    }

    private static long mix(long value) {
        long product = value * MIX;
        return product ^ product >>> Integer.SIZE;
    }

    private static int end(long value) {
        return (int) (mix(value) * MIX >>> Integer.SIZE);
    }

    /** The one of {@code count} members that a hash chooses. */
    static int choose(int hash, int count) {
        return (int) (Integer.toUnsignedLong(hash) * count >>> Integer.SIZE);
    }
}
