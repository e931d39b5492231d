// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.e1000e;

import io.hotbus.bus.pci.PciDevice;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.io.Mmio;
import io.hotbus.pmd.intel.AbstractGigabitChip;
import io.hotbus.pmd.intel.GigabitInterrupt;
import io.hotbus.pmd.intel.GigabitRegs;
import io.hotbus.pmd.intel.QueueLayout;
import java.time.Duration;

/** The registers of one 82574. See {@link AbstractGigabitChip} for the threads. */
final class E1000eChip extends AbstractGigabitChip {
    /** No access for the first microsecond of a reset; the host's timers are coarser. */
    private static final long RESET_PAUSE_NANOS = 100_000;
    private static final GigabitInterrupt.Causes CAUSES = new GigabitInterrupt.Causes(
            GigabitRegs.INT_LSC | E1000eRegs.INT_OTHER, E1000eRegs.INT_RX);

    /** {@code resetLimit}: how long a reset may take: some milliseconds, says the data sheet. */
    E1000eChip(PciDevice device, Mmio bar0, Duration resetLimit) {
        super(device, bar0, resetLimit, E1000eRegs.QUEUES, CAUSES);
    }

    /**
     * Source: 82574 data sheet, initialization sequence; the hand-over of the PHY as in Linux
     * {@code e1000_reset_hw_82571}.
     */
    @Override
    protected void reset() throws DeviceException {
        calm();
        emptyRings();
        int extcnf = read(E1000eRegs.EXTCNF_CTRL) & ~E1000eRegs.EXTCNF_MDIO_SW_OWNERSHIP;
        // If the firmware does not release the PHY, the reset takes it anyway.
        write(E1000eRegs.EXTCNF_CTRL, extcnf | E1000eRegs.EXTCNF_MDIO_SW_OWNERSHIP);
        registers().await(E1000eRegs.EXTCNF_CTRL, E1000eRegs.EXTCNF_MDIO_SW_OWNERSHIP,
                E1000eRegs.EXTCNF_MDIO_SW_OWNERSHIP, stopLimit());
        presence().requireAnswer("does not answer");
        // Linux leaves too little for long frames to be sent.
        write(E1000eRegs.PBA, E1000eRegs.PBA_RX_20K);
        resetAll(RESET_PAUSE_NANOS);
        write(E1000eRegs.EXTCNF_CTRL, extcnf);
        require(GigabitRegs.EECD, GigabitRegs.EECD_AUTO_RD, GigabitRegs.EECD_AUTO_RD,
                "its NVM is not read (EECD.AUTO_RD)");
        disableInterrupts();
        interrupt().acknowledge();
        routeInterrupts();
        clearOffloads();
        linkUp(E1000eRegs.CTRL_ASDE);
    }

    /**
     * Makes the chip forget all rings. QEMU 7.2 keeps them in a reset, and would go on with those
     * of a queue that is no longer used.
     */
    private void emptyRings() {
        for (int queue = 0; queue < E1000eRegs.QUEUES; queue++) {
            long stride = queue * QueueLayout.LOW.stride();
            for (long ring : new long[] {QueueLayout.LOW.rx(), QueueLayout.LOW.tx()}) {
                write(ring + stride + QueueLayout.LEN, 0);
                write(ring + stride + QueueLayout.HEAD, 0);
                write(ring + stride + QueueLayout.TAIL, 0);
            }
        }
    }

    @Override
    protected void stopUnits() {
        write(GigabitRegs.RCTL, 0);
        write(GigabitRegs.TCTL, GigabitRegs.TCTL_PSP);
    }

    /** Lets all causes go to one interrupt: the only one, or with MSI-X vector 0. */
    private void routeInterrupts() {
        write(E1000eRegs.ITR, 0);
        write(E1000eRegs.EIAC, 0);
        write(GigabitRegs.IAM, 0);
        write(E1000eRegs.IVAR, E1000eRegs.IVAR_ALL_VECTOR_0);
    }

    private void clearOffloads() {
        write(GigabitRegs.MRQC, 0);
        write(GigabitRegs.RXCSUM, 0);
        write(E1000eRegs.RFCTL, E1000eRegs.RFCTL_ACK_DIS);
    }

    /** Prepares the transmit unit for so many queues. */
    void shareTransmit(int queues) {
        boolean several = queues > 1;
        int tarc = read(E1000eRegs.TARC) & ~E1000eRegs.TARC_TWO_QUEUES | E1000eRegs.TARC_ERRATUM
                | (several ? E1000eRegs.TARC_TWO_QUEUES : 0);
        write(E1000eRegs.TARC, tarc);
        if (several) {
            write(E1000eRegs.TARC + QueueLayout.LOW.stride(), tarc);
        }
    }
}
