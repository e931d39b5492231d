// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.e1000e;

/**
 * The legacy descriptors: the buffer's I/O virtual address, then a word that is described here;
 * little-endian. Source: 82574 data sheet, sections 7.1.3 and 7.2.10.1.
 */
final class E1000eDescriptor {
    static final int BYTES = 16;
    /** Offset of the second word. */
    static final int WORD = 8;

    static final long LENGTH_MASK = 0xffff;

    /** Descriptor done. The hardware sets it together with the rest of the word. */
    static final long DD = 1L << 32;

    /** Receive: the frame ends in this buffer. */
    static final long RX_EOP = 1L << 33;
    /** Receive: the frame is damaged. CE, SE, SEQ, CXE, RXE; not the checksums IPE and TCPE. */
    static final long RX_ERRORS = 0x97L << 40;

    /** Transmit: the frame ends in this buffer. */
    static final long TX_EOP = 1L << 24;
    /** Transmit: append the FCS. */
    static final long TX_IFCS = 1L << 25;
    /** Transmit: report by {@link #DD}. */
    static final long TX_RS = 1L << 27;
    /** The longest frame the 82574 sends, without its FCS. */
    static final int TX_MAX_LENGTH = 9014;

    private E1000eDescriptor() {
    }

    /** Where descriptor {@code index} of the ring at {@code ring} begins. */
    static long at(long ring, int index) {
        return ring + ((long) index << 4);
    }
}
