// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.igb;

import io.hotbus.bus.pci.PciDevice;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.io.Mmio;
import io.hotbus.pmd.intel.AbstractGigabitChip;
import io.hotbus.pmd.intel.GigabitInterrupt;
import io.hotbus.pmd.intel.GigabitRegs;
import io.hotbus.pmd.intel.QueueLayout;
import java.time.Duration;

/** The registers of one chip. See {@link AbstractGigabitChip} for the threads. */
final class IgbChip extends AbstractGigabitChip {
    /** The least time before the next access; the I350 needs most. */
    private static final long RESET_PAUSE_NANOS = 5_000_000;
    private static final GigabitInterrupt.Causes CAUSES =
            new GigabitInterrupt.Causes(GigabitRegs.INT_LSC, IgbRegs.INT_RXDW);
    /** A chip without an NVM does not say that the NVM was read. Linux waits as long. */
    private static final Duration NVM_LIMIT = Duration.ofMillis(10);

    private final IgbModel model;
    private final IgbPhy phy;

    /**
     * {@code resetLimit}: how long a reset may take. The end of requests may take a tenth of it,
     * an answer of the PHY a twentieth.
     */
    IgbChip(PciDevice device, Mmio bar0, Duration resetLimit) {
        super(device, bar0, resetLimit, IgbModel.of(device.function().id()).queues(), CAUSES);
        this.model = IgbModel.of(device.function().id());
        this.phy = new IgbPhy(this, resetLimit.dividedBy(20));
    }

    IgbModel model() {
        return model;
    }

    /**
     * Source: the data sheets, chapter "Initialization", software initialization sequence; the
     * waits as in Linux {@code igb_reset_hw_82575} and {@code igb_reset_hw_82580}.
     */
    @Override
    protected void reset() throws DeviceException {
        calm();
        resetAll(RESET_PAUSE_NANOS);
        registers().await(
                GigabitRegs.EECD, GigabitRegs.EECD_AUTO_RD, GigabitRegs.EECD_AUTO_RD, NVM_LIMIT);
        disableInterrupts();
        interrupt().acknowledge();
        routeInterrupts();
        stopUnits();
        write(IgbRegs.VT_CTL, 0);
        linkUp(IgbRegs.CTRL_LRST);
        phy.negotiate();
    }

    /** Turns off all queues, too; a reset enables the first ones. */
    @Override
    protected void stopUnits() {
        write(GigabitRegs.RCTL, 0);
        write(GigabitRegs.TCTL, GigabitRegs.TCTL_PSP);
        for (int queue = 0; queue < model.queues(); queue++) {
            long block = queue * QueueLayout.HIGH.stride() + QueueLayout.DCTL;
            write(QueueLayout.HIGH.rx() + block, 0);
            write(QueueLayout.HIGH.tx() + block, 0);
        }
    }

    /** Lets all causes go to one interrupt: INTx, MSI, or vector 0 of MSI-X. After each reset. */
    private void routeInterrupts() {
        write(IgbRegs.GPIE, 0);
        write(IgbRegs.EITR0, 0);
        write(GigabitRegs.IAM, 0);
    }

    @Override
    protected void disableInterrupts() {
        super.disableInterrupts();
        write(IgbRegs.EIMC, -1);
    }

    /**
     * Requires a link of copper, whose PHY this driver knows.
     *
     * @throws DeviceException the chip has another one
     */
    void requireCopper() throws DeviceException {
        int mode = (read(IgbRegs.CTRL_EXT) & IgbRegs.CTRL_EXT_LINK_MODE)
                >> Integer.numberOfTrailingZeros(IgbRegs.CTRL_EXT_LINK_MODE);
        if (mode != 0) {
            throw new DeviceException(("%s: its link is a SerDes or SGMII (CTRL_EXT.LINK_MODE is "
                    + "%s): net.igb drives ports of copper only").formatted(device(), mode));
        }
    }
}
