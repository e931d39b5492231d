// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.sim;

/**
 * The layout of a descriptor: two little-endian 64-bit words, as the legacy descriptors of the
 * Intel 82540 family. The first is the buffer's I/O virtual address; the second is described here.
 */
final class SimDescriptor {
    static final int BYTES = 16;
    /** Offset of the second word. */
    static final int WORD = 8;

    /** Bytes in the frame. */
    static final long LENGTH_MASK = 0xffff;

    // Transmit: CMD, written by the driver.
    /** End of packet: the frame ends in this buffer. */
    static final long TX_EOP = 1L << 24;
    /** Insert the FCS. This wire has no FCS; set as on real hardware. */
    static final long TX_IFCS = 1L << 25;
    /** Report status: the hardware sets DD when it has sent the frame. */
    static final long TX_RS = 1L << 27;
    // Transmit: STA, written by the hardware.
    /** With DD: not sent, because the buffer or length is not allowed. Reported without RS, too. */
    static final long TX_EC = 1L << 33;

    /** Descriptor done, receive and transmit. Written by the hardware, last. */
    static final long DD = 1L << 32;
    /** Receive, end of packet: the frame ends in this buffer. */
    static final long RX_EOP = 1L << 33;
    /** Receive error: the buffer is not allowed, the frame is lost. */
    static final long RX_RXE = 1L << 47;

    private SimDescriptor() {
    }

    /** Where descriptor {@code index} of the ring at {@code ring} begins. */
    static long at(long ring, int index) {
        return ring + ((long) index << 4);
    }
}
