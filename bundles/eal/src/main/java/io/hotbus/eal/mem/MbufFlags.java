// SPDX-License-Identifier: Apache-2.0
package io.hotbus.eal.mem;

/**
 * The bits of {@link Mbuf#flags}: the results of a device for a received packet ({@code RX_}), and
 * what a device shall do with a packet that it sends ({@code TX_}). A device does only what the
 * port was configured for. Source: DPDK {@code RTE_MBUF_F_RX_VLAN} and its siblings; the values
 * differ.
 */
public final class MbufFlags {
    /** The VLAN tag was taken out of the packet, and is {@link Mbuf#vlanTci}. */
    public static final long RX_VLAN_STRIPPED = 1;
    /** {@link Mbuf#hash} is the RSS hash of the packet. */
    public static final long RX_RSS_HASH = 1 << 1;
    /** The checksum of the IPv4 header was found right. */
    public static final long RX_IP_CKSUM_GOOD = 1 << 2;
    /** The checksum of the IPv4 header was found wrong. */
    public static final long RX_IP_CKSUM_BAD = 1 << 3;
    /** The checksum of TCP or UDP was found right. */
    public static final long RX_L4_CKSUM_GOOD = 1 << 4;
    /** The checksum of TCP or UDP was found wrong. */
    public static final long RX_L4_CKSUM_BAD = 1 << 5;
    /**
     * The checksum of TCP or UDP is not computed yet: the packet comes from a local stack, which
     * left that to the sender. Its data was never on a wire. DPDK: {@code L4_CKSUM_NONE}.
     */
    public static final long RX_L4_CKSUM_NONE = 1 << 6;
    /** {@link Mbuf#timestamp} is the time when the packet was captured. */
    public static final long RX_TIMESTAMP = 1 << 7;
    /**
     * The packet was cut when it was captured; {@link Mbuf#originalLength} is its length before.
     */
    public static final long RX_CUT = 1 << 8;

    /** Insert {@link Mbuf#vlanTci} as a VLAN tag. */
    public static final long TX_VLAN = 1L << 32;
    /** Compute the checksum of the IPv4 header, which holds zero. */
    public static final long TX_IP_CKSUM = 1L << 33;
    /** Compute the checksum of TCP, which holds that of the pseudo-header. */
    public static final long TX_TCP_CKSUM = 1L << 34;
    /** Compute the checksum of UDP; as {@link #TX_TCP_CKSUM}. */
    public static final long TX_UDP_CKSUM = 1L << 35;
    /** Cut the packet into frames of {@link Mbuf#tsoSegmentSize} bytes of payload. */
    public static final long TX_TCP_SEG = 1L << 36;
    /** With any of the above but {@link #TX_VLAN}: the packet is IPv4. */
    public static final long TX_IPV4 = 1L << 37;
    /** With any of the above but {@link #TX_VLAN}: the packet is IPv6. */
    public static final long TX_IPV6 = 1L << 38;

    private MbufFlags() {
    }
}
