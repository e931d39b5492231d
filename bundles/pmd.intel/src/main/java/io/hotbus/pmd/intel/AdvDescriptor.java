// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd.intel;

/**
 * The advanced descriptors, of two words of 64 bits; little-endian. A receive descriptor has the
 * address of the buffer and zero, and is overwritten with the results. Source: 82576 data sheet,
 * chapter "Inline Functions", advanced receive and transmit descriptors.
 */
final class AdvDescriptor {
    static final int BYTES = 16;
    /** Offset of the second word. */
    static final int WORD = 8;

    /** The longest frame without its FCS: that of Linux's largest MTU for these chips, 9216. */
    static final int MAX_FRAME = 9230;

    /** Receive, second word: descriptor done. */
    static final long RX_DD = 1;
    /** The frame ends in this buffer. The bits below are valid only then. */
    static final long RX_EOP = 1 << 1;
    /** The checksum bits say nothing. */
    static final long RX_IXSM = 1 << 2;
    /** A VLAN tag was taken out of the frame. */
    static final long RX_VP = 1 << 3;
    /** UDPCS and L4CS: the checksum of UDP or TCP was checked. */
    static final long RX_L4CS = 3 << 4;
    /** The checksum of the IPv4 header was checked. */
    static final long RX_IPCS = 1 << 6;
    /** The checksum of UDP or TCP is wrong. */
    static final long RX_L4E = 1L << 29;
    /** The checksum of the IPv4 header is wrong. */
    static final long RX_IPE = 1L << 30;
    /** The frame is damaged. */
    static final long RX_RXE = 1L << 31;
    /** Bytes in the buffer: 16 bits. */
    static final int RX_LENGTH_SHIFT = 32;
    static final long LENGTH_MASK = 0xffff;
    /** The VLAN tag: 16 bits. */
    static final int RX_VLAN_SHIFT = 48;
    /** First word: what the RSS hash is of; 0: there is none. */
    static final long RX_RSS_TYPE = 0xf;
    /** First word: the RSS hash, 32 bits. */
    static final int RX_HASH_SHIFT = 32;

    /** Transmit, second word, data: the length of the buffer is in the lowest 16 bits. */
    static final long TX_DTYP_DATA = 3L << 20;
    static final long TX_DTYP_CONTEXT = 2L << 20;
    /** The frame ends in this buffer. */
    static final long TX_EOP = 1L << 24;
    /** Append the FCS. */
    static final long TX_IFCS = 1L << 25;
    /** Report by {@link #TX_DD}. */
    static final long TX_RS = 1L << 27;
    /** The descriptor is an advanced one. */
    static final long TX_DEXT = 1L << 29;
    /** Insert the VLAN tag of the context. */
    static final long TX_VLE = 1L << 30;
    /** Cut the packet into frames. */
    static final long TX_TSE = 1L << 31;
    /** The chip has sent the frame. */
    static final long TX_DD = 1L << 32;
    /** POPTS.IXSM: insert the checksum of the IPv4 header. */
    static final long TX_IXSM = 1L << 40;
    /** POPTS.TXSM: insert the checksum of TCP or UDP. */
    static final long TX_TXSM = 1L << 41;
    /** The bytes of the packet, without the headers if it is cut: 18 bits. */
    static final int TX_PAYLEN_SHIFT = 46;

    /** Context, first word: the length of the IP header. */
    static final int TX_IPLEN_SHIFT = 0;
    /** Of the Ethernet header, without the tag that is inserted. */
    static final int TX_MACLEN_SHIFT = 9;
    /** The VLAN tag to insert. */
    static final int TX_VLAN_SHIFT = 16;
    /** Context, second word: the packet is IPv4. */
    static final long TX_TUCMD_IPV4 = 1L << 10;
    /** The packet is TCP, else UDP. */
    static final long TX_TUCMD_TCP = 1L << 11;
    static final int TX_L4LEN_SHIFT = 40;
    static final int TX_MSS_SHIFT = 48;

    private AdvDescriptor() {
    }

    /** Where descriptor {@code index} of the ring at {@code ring} begins. */
    static long at(long ring, int index) {
        return ring + ((long) index << 4);
    }
}
