// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.e1000e;

/**
 * The descriptors of the 82574 alone, besides those that {@link io.hotbus.pmd.intel} has for all
 * chips: two words of 64 bits, little-endian. A legacy descriptor has the address of the buffer and
 * a word of requests or results (data sheet, sections 7.1.3 and 7.2.10.1). An extended one has more
 * of both (7.1.4, 7.2.10). A context descriptor, which has no buffer, says where the headers of the
 * frames after it are (7.2.10).
 */
final class E1000eDescriptor {
    /** Receive, legacy: descriptor done. */
    static final long RX_DD = 1L << 32;
    /** The frame ends in this buffer. */
    static final long RX_EOP = 1L << 33;
    /** The frame is damaged. CE, SE, SEQ, CXE, RXE; not the checksums IPE and TCPE. */
    static final long RX_ERRORS = 0x97L << 40;
    /** Receive, extended: the same. */
    static final long RX_EXTENDED_ERRORS = 0x97L << 24;

    /** The longest frame the 82574 sends, without its FCS. */
    static final int TX_MAX_LENGTH = 9014;
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

    /** Context, first word: where the IPv4 header begins, its checksum is, and the header ends. */
    static final int IPCSS_SHIFT = 0;
    static final int IPCSO_SHIFT = 8;
    static final int IPCSE_SHIFT = 16;
    /** Where the checksum of TCP or UDP begins, and where it is put. It goes on to the end. */
    static final int TUCSS_SHIFT = 32;
    static final int TUCSO_SHIFT = 40;

    private E1000eDescriptor() {
    }
}
