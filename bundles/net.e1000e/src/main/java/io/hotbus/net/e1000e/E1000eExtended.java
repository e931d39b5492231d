// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.e1000e;

/**
 * The extended descriptors, of two words of 64 bits. A received frame comes with the results of its
 * checks (data sheet, section 7.1.4), a frame to be sent with requests. A context descriptor,
 * which has no buffer, says where the headers of the frames after it are (7.2.10).
 */
final class E1000eExtended {
    /** Receive, second word: descriptor done. */
    static final long RX_DD = 1;
    /** The frame ends in this buffer. The bits below are valid only then. */
    static final long RX_EOP = 1 << 1;
    /** The checksum bits say nothing. */
    static final long RX_IXSM = 1 << 2;
    /** A VLAN tag was taken out of the frame. */
    static final long RX_VP = 1 << 3;
    /** UDPCS and TCPCS: the checksum of UDP or TCP was checked. */
    static final long RX_L4CS = 3 << 4;
    /** The checksum of the IPv4 header was checked. */
    static final long RX_IPCS = 1 << 6;
    /** The frame is damaged. CE, SE, SEQ, CXE, RXE. */
    static final long RX_ERRORS = 0x97L << 24;
    /** The checksum of UDP or TCP is wrong. */
    static final long RX_TCPE = 1L << 29;
    /** The checksum of the IPv4 header is wrong. */
    static final long RX_IPE = 1L << 30;
    /** Bytes in the buffer: 16 bits. */
    static final int RX_LENGTH_SHIFT = 32;
    /** The VLAN tag: 16 bits. */
    static final int RX_VLAN_SHIFT = 48;

    /** First word: what the RSS hash is of; 0: there is none. */
    static final long RX_RSS_TYPE = 0xf;
    /** First word: the RSS hash, 32 bits. */
    static final int RX_HASH_SHIFT = 32;

    /** Transmit, second word: the format is extended. */
    static final long TX_DEXT = 1L << 29;
    /** It is a data descriptor. */
    static final long TX_DTYP_DATA = 1L << 20;
    /** Context: the frames are TCP. */
    static final long TX_TUCMD_TCP = 1L << 24;
    /** Context: the frames are IPv4. */
    static final long TX_TUCMD_IP = 1L << 25;
    /** Context and data: cut the packet into frames (7.3). */
    static final long TX_TSE = 1L << 26;
    /** Context, second word: bytes of all headers, and of payload in each frame. */
    static final int TX_HDRLEN_SHIFT = 40;
    static final int TX_MSS_SHIFT = 48;
    /** Data: insert the VLAN tag. */
    static final long TX_VLE = 1L << 30;
    /** Data: insert the checksum of the IPv4 header. */
    static final long TX_IXSM = 1L << 40;
    /** Data: insert the checksum of TCP or UDP. */
    static final long TX_TXSM = 1L << 41;
    /** Data: the VLAN tag, 16 bits. */
    static final int TX_VLAN_SHIFT = 48;

    /** Context, first word: where the IPv4 header begins, its checksum is, and the header ends. */
    static final int IPCSS_SHIFT = 0;
    static final int IPCSO_SHIFT = 8;
    static final int IPCSE_SHIFT = 16;
    /** Where the checksum of TCP or UDP begins, and where it is put. It goes on to the end. */
    static final int TUCSS_SHIFT = 32;
    static final int TUCSO_SHIFT = 40;

    private E1000eExtended() {
    }
}
