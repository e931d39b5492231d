// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd.intel;

import java.util.List;

/**
 * Makes queues with advanced descriptors. Control threads. Source: 82576 data sheet, chapter
 * "Inline Functions", and chapter "Programming Interface" about SRRCTL, RXDCTL and TXDCTL.
 */
public final class AdvQueues extends AbstractGigabitQueues {
    /** The largest MTU: that of Linux for these chips. */
    public static final int MAX_MTU = 9216;
    /** From RDBAL to SRRCTL: how received frames are put into buffers. */
    public static final long SRRCTL = 0x0c;
    /** SRRCTL.DESCTYPE 001b: advanced descriptors, one buffer. */
    public static final int SRRCTL_DESCTYPE_ADV_ONE = 1 << 25;
    /** Frames for a queue without descriptors are dropped, instead of kept before all queues. */
    public static final int SRRCTL_DROP_EN = 1 << 31;

    /** The Ethernet header, a VLAN tag and the FCS. */
    private static final int OVERHEAD = 14 + 4 + 4;
    /** The unit of SRRCTL.BSIZEPACKET. */
    private static final int UNIT_SHIFT = 10;
    private static final int MAX_UNITS = 16;
    /** From TDBAL to where the head is written to memory; 0: it is not. */
    private static final long TDWBAL = 0x38;
    private static final long TDWBAH = 0x3c;
    /** Prefetch below 8 descriptors in the chip. */
    private static final int PTHRESH_8 = 8;
    /** RXDCTL: prefetch if the host has 8; TXDCTL has 1 there. */
    private static final int RXDCTL_HTHRESH_8 = 8 << 8;
    /** TXDCTL: prefetch if the host has one. */
    private static final int TXDCTL_HTHRESH_1 = 1 << 8;
    /** RXE: the frame is damaged. */
    private static final RxFormat RX = RxFormat.extended(1L << 31);
    static final TxFormat TX = new TxFormat(
            AdvDescriptor.DEXT | AdvDescriptor.DTYP_DATA | TxFormat.IFCS, -1, AdvDescriptor.TSE, 0,
            AdvDescriptor.MAX_FRAME);

    private final int srrctl;

    /**
     * Makes queues for a port.
     *
     * @param srrctl what SRRCTL contains besides the format and the size of buffers
     */
    public AdvQueues(AbstractGigabitFunction chip, QueueLayout layout, GigabitOffloads offloads,
            int srrctl) {
        super(chip, layout, offloads);
        this.srrctl = srrctl;
    }

    /** The longest frame of an MTU, as registers count: with a VLAN tag and the FCS. */
    public static int onWire(int mtu) {
        return mtu + OVERHEAD;
    }

    @Override
    protected RxFormat rxFormat() {
        return RX;
    }

    @Override
    protected TxFormat txFormat() {
        return TX;
    }

    @Override
    protected AbstractTxContext newContext() {
        return new AdvContext();
    }

    @Override
    protected int minBuffer() {
        return 1 << UNIT_SHIFT;
    }

    @Override
    protected int bufferSize(int dataRoom) {
        return Math.min(MAX_UNITS, dataRoom >> UNIT_SHIFT) << UNIT_SHIFT;
    }

    @Override
    protected int rxdctl() {
        return PTHRESH_8 | RXDCTL_HTHRESH_8 | QueueLayout.DCTL_ENABLE;
    }

    @Override
    protected int txdctl() {
        return PTHRESH_8 | TXDCTL_HTHRESH_1 | QueueLayout.DCTL_ENABLE;
    }

    @Override
    protected List<GigabitSetting> rxSettings(int bufferSize) {
        return List.of(GigabitSetting.of("SRRCTL", SRRCTL,
                bufferSize >> UNIT_SHIFT | SRRCTL_DESCTYPE_ADV_ONE | srrctl));
    }

    @Override
    protected List<GigabitSetting> txSettings() {
        return List.of(new GigabitSetting("TDWBAL", TDWBAL, 0, 0),
                new GigabitSetting("TDWBAH", TDWBAH, 0, 0));
    }
}
