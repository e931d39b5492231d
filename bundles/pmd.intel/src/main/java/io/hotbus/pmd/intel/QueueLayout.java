// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd.intel;

/**
 * Where the registers of the queues are. The registers of one queue have the same layout
 * everywhere.
 *
 * @param rx     the offset of RDBAL of the first receive queue
 * @param tx     the offset of TDBAL of the first transmit queue
 * @param stride from a register of a queue to that of the next
 */
public record QueueLayout(long rx, long tx, long stride) {
    /** In the registers of the 82576 and its successors. */
    public static final QueueLayout HIGH = new QueueLayout(0xc000, 0xe000, 0x40);
    /** In the registers of the 82574, and of virtual functions. */
    public static final QueueLayout LOW = new QueueLayout(0x2800, 0x3800, 0x100);

    /** From RDBAL or TDBAL to the upper half of the address. */
    public static final long BAH = 0x04;
    /** To the bytes of the ring, a multiple of 128. */
    public static final long LEN = 0x08;
    /** To the descriptor that the chip comes to next. */
    public static final long HEAD = 0x10;
    /** To the first descriptor that the chip must not touch. */
    public static final long TAIL = 0x18;
    /** To RXDCTL or TXDCTL: thresholds, and whether the queue is enabled, if the chip has that. */
    public static final long DCTL = 0x28;
    /**
     * RXDCTL.ENABLE, TXDCTL.ENABLE: reads 1 when the queue works, and 0 when it has ended. A chip
     * without this bit never has it written.
     */
    public static final int DCTL_ENABLE = 1 << 25;
}
