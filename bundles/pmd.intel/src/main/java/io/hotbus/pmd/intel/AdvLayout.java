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
public record AdvLayout(long rx, long tx, long stride) {
    /** In the registers of a physical function. */
    public static final AdvLayout PHYSICAL = new AdvLayout(0xc000, 0xe000, 0x40);
    /** In the registers of a virtual function. */
    public static final AdvLayout VIRTUAL = new AdvLayout(0x2800, 0x3800, 0x100);

    /** From RDBAL or TDBAL to the upper half of the address. */
    public static final long BAH = 0x04;
    /** To the bytes of the ring, a multiple of 128. */
    public static final long LEN = 0x08;
    /** To SRRCTL: how received frames are put into buffers. Receive queues only. */
    public static final long SRRCTL = 0x0c;
    /** To the descriptor that the chip comes to next. */
    public static final long HEAD = 0x10;
    /** To the first descriptor that the chip must not touch. */
    public static final long TAIL = 0x18;
    /** To RXDCTL or TXDCTL: thresholds, and whether the queue is enabled. */
    public static final long DCTL = 0x28;
    /** To TDWBAL: where the head is written to memory; 0: it is not. Transmit queues only. */
    public static final long TDWBAL = 0x38;
    /** To the upper half of that address. */
    public static final long TDWBAH = 0x3c;

    /** SRRCTL.BSIZEPACKET: the size of a buffer in KiB. */
    public static final int SRRCTL_BSIZEPACKET = 0x7f;
    /** The unit of BSIZEPACKET is 1 KiB. */
    public static final int SRRCTL_BSIZEPACKET_SHIFT = 10;
    /** SRRCTL.DESCTYPE 001b: advanced descriptors, one buffer. */
    public static final int SRRCTL_DESCTYPE_ADV_ONE = 1 << 25;
    /** Frames for a queue without descriptors are dropped, instead of kept before all queues. */
    public static final int SRRCTL_DROP_EN = 1 << 31;

    /** RXDCTL, TXDCTL: prefetch below 8 descriptors in the chip. */
    public static final int DCTL_PTHRESH_8 = 8;
    /** RXDCTL: prefetch if the host has 8; TXDCTL has 1 there. */
    public static final int RXDCTL_HTHRESH_8 = 8 << 8;
    /** TXDCTL: prefetch if the host has one. */
    public static final int TXDCTL_HTHRESH_1 = 1 << 8;
    /** RXDCTL.ENABLE, TXDCTL.ENABLE: reads 1 when the queue works, and 0 when it has ended. */
    public static final int DCTL_ENABLE = 1 << 25;
}
