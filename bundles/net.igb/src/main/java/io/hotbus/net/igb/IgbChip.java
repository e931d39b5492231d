// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.igb;

import io.hotbus.bus.pci.PciDevice;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.io.Mmio;
import io.hotbus.ethdev.Link;
import io.hotbus.ethdev.MacAddress;
import io.hotbus.pmd.DmaReach;
import io.hotbus.pmd.Registers;
import io.hotbus.pmd.intel.AdvHost;
import io.hotbus.pmd.intel.AdvLayout;
import io.hotbus.pmd.intel.FilterTables;
import io.hotbus.pmd.intel.GigabitInterrupt;
import io.hotbus.pmd.pci.NicPresence;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * The registers of one chip: waits, the signs that no device answers, and the sequences that
 * concern the chip as a whole. Any thread may read registers and check the presence; the sequences
 * are for one control thread at a time.
 */
final class IgbChip implements AdvHost {
    /** The least time before the next access; the I350 needs most. */
    private static final long RESET_PAUSE_NANOS = 5_000_000;
    /** A chip without an NVM does not say that the NVM was read. Linux waits as long. */
    private static final Duration NVM_LIMIT = Duration.ofMillis(10);
    private static final int[] SPEEDS_MBPS = {10, 100, 1000, 1000};

    private final PciDevice device;
    private final IgbModel model;
    private final NicPresence presence;
    private final Registers registers;
    private final Duration resetLimit;
    /** Pending requests end within microseconds; Linux waits 80 ms. */
    private final Duration stopLimit;
    private final IgbPhy phy;
    private final GigabitInterrupt interrupt;
    /** The value of CTRL between the sequences. */
    private int ctrl;

    /**
     * {@code resetLimit}: how long a reset may take. The end of requests may take a tenth of it.
     */
    IgbChip(PciDevice device, Mmio bar0, Duration resetLimit) {
        this.device = device;
        this.model = IgbModel.of(device.function().id());
        this.presence = new NicPresence(device, this::isSilent);
        this.registers = new Registers(bar0, r -> !presence.answers());
        this.resetLimit = resetLimit;
        this.stopLimit = resetLimit.dividedBy(10);
        this.phy = new IgbPhy(this);
        this.interrupt = new GigabitInterrupt(
                this, model.queues(), IgbRegs.INT_LSC, IgbRegs.INT_RXDW);
    }

    IgbModel model() {
        return model;
    }

    /** Whether the chip is there. */
    NicPresence presence() {
        return presence;
    }

    GigabitInterrupt interrupt() {
        return interrupt;
    }

    PciDevice device() {
        return device;
    }

    Registers registers() {
        return registers;
    }

    @Override
    public DmaReach reach() {
        return device::requireReachable;
    }

    @Override
    public int numaNode() {
        return device.function().numaNode();
    }

    @Override
    public int read(long register) {
        return registers.read32(register);
    }

    @Override
    public void write(long register, int value) {
        if (!device.isGone()) {
            registers.write32(register, value);
        }
    }

    @Override
    public void doorbell(long register, int value) {
        registers.write32(register, value);
    }

    @Override
    public void require(long register, int mask, int expected, String what)
            throws DeviceException {
        require(registers.await(register, mask, expected, resetLimit),
                "%s is not done after %s ms".formatted(what, resetLimit.toMillis()));
    }

    @Override
    public boolean isGone() {
        return device.isGone();
    }

    @Override
    public boolean maySend() {
        int status = read(IgbRegs.STATUS);
        return (status & IgbRegs.STATUS_LU) != 0 && (status & IgbRegs.STATUS_TXOFF) == 0;
    }

    /**
     * Whether the registers read as no chip would answer. STATUS is never all-ones. It may be zero,
     * but then CTRL is not. If both are zero, the device is gone: a bridge or a hypervisor may
     * return zeros.
     */
    private boolean isSilent() {
        int status = read(IgbRegs.STATUS);
        if (status != 0) {
            return status == Registers.GONE;
        }
        int control = read(IgbRegs.CTRL);
        return control == 0 || control == Registers.GONE;
    }

    /**
     * Puts the chip into a known state: no DMA, no interrupt, no offloads, no queue enabled, link
     * wanted. The filter tables are undefined, except for the own address. Source: the data sheets,
     * chapter "Initialization", software initialization sequence; the waits as in Linux {@code
     * igb_reset_hw_82575} and {@code igb_reset_hw_82580}.
     *
     * @throws DeviceException the chip is gone, or does not answer
     */
    void reset() throws DeviceException {
        presence.requireAnswer("does not answer");
        disableInterrupt();
        stopUnits();
        ctrl = read(IgbRegs.CTRL);
        // A reset during a request may hang the bus. If the request does not end, the reset is made
        // anyway.
        stopDma();
        presence.requireAnswer("does not answer");
        write(IgbRegs.CTRL, ctrl | IgbRegs.CTRL_RST);
        LockSupport.parkNanos(RESET_PAUSE_NANOS);
        boolean done = registers.await(IgbRegs.CTRL, IgbRegs.CTRL_RST, 0, resetLimit);
        presence.requireAnswer("does not answer after a reset");
        require(done, "CTRL.RST is not done after " + resetLimit.toMillis() + " ms");
        registers.await(IgbRegs.EECD, IgbRegs.EECD_AUTO_RD, IgbRegs.EECD_AUTO_RD, NVM_LIMIT);
        disableInterrupt();
        interrupt.acknowledge();
        routeInterrupts();
        stopUnits();
        write(IgbRegs.VT_CTL, 0);
        linkUp();
    }

    /** Turns off both units and all queues; a reset enables the first ones. */
    void stopUnits() {
        write(IgbRegs.RCTL, 0);
        write(IgbRegs.TCTL, IgbRegs.TCTL_PSP);
        for (int queue = 0; queue < model.queues(); queue++) {
            long block = queue * AdvLayout.PHYSICAL.stride() + AdvLayout.DCTL;
            write(AdvLayout.PHYSICAL.rx() + block, 0);
            write(AdvLayout.PHYSICAL.tx() + block, 0);
        }
    }

    /**
     * The link, as the PHY negotiates it: without forced speed, flow control and VLAN stripping.
     */
    private void linkUp() {
        ctrl = read(IgbRegs.CTRL) & ~(IgbRegs.CTRL_GIO_MASTER_DISABLE | IgbRegs.CTRL_LRST
                | IgbRegs.CTRL_FRCSPD | IgbRegs.CTRL_FRCDPLX | IgbRegs.CTRL_RFCE
                | IgbRegs.CTRL_TFCE | IgbRegs.CTRL_VME | IgbRegs.CTRL_RST | IgbRegs.CTRL_PHY_RST)
                | IgbRegs.CTRL_SLU;
        write(IgbRegs.CTRL, ctrl);
        phy.negotiate();
    }

    /** Sets whether the chip takes VLAN tags out and inserts them, until the next reset. */
    void setVlanMode(boolean on) {
        ctrl = on ? ctrl | IgbRegs.CTRL_VME : ctrl & ~IgbRegs.CTRL_VME;
        write(IgbRegs.CTRL, ctrl);
    }

    /** Lets all causes go to one interrupt: INTx, MSI, or vector 0 of MSI-X. After each reset. */
    private void routeInterrupts() {
        write(IgbRegs.GPIE, 0);
        write(IgbRegs.EITR0, 0);
        write(IgbRegs.IAM, 0);
    }

    private void disableInterrupt() {
        interrupt.disable();
        write(IgbRegs.EIMC, -1);
    }

    /**
     * Ends all requests to memory until the next {@link #reset}. Returns whether none is pending.
     * Source: the data sheets, GIO master disable.
     */
    boolean stopDma() {
        write(IgbRegs.CTRL, ctrl | IgbRegs.CTRL_GIO_MASTER_DISABLE);
        return registers.await(IgbRegs.STATUS, IgbRegs.STATUS_GIO_MASTER_ENABLE, 0, stopLimit);
    }

    /** How long {@link #stopDma} waits. */
    Duration stopLimit() {
        return stopLimit;
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
                    + "%s): net.igb drives ports of copper only").formatted(device, mode));
        }
    }

    /** The address of the chip, which a reset has read from the NVM. */
    MacAddress macAddress() throws DeviceException {
        int low = read(FilterTables.RAL);
        int high = read(FilterTables.RAH);
        presence.requireAnswer("does not answer");
        require((high & FilterTables.RAH_AV) != 0 && (low & 1) == 0
                && (low | high << Short.SIZE) != 0,
                "RAL0 and RAH0 hold no address (is its NVM programmed?)");
        return FilterTables.address(low, high);
    }

    /** The link according to STATUS. */
    Link link() {
        int status = read(IgbRegs.STATUS);
        if (status == Registers.GONE || (status & IgbRegs.STATUS_LU) == 0) {
            return Link.DOWN;
        }
        int speed = (status & IgbRegs.STATUS_SPEED) >> IgbRegs.STATUS_SPEED_SHIFT;
        return new Link(true, SPEEDS_MBPS[speed], (status & IgbRegs.STATUS_FD) != 0);
    }

    private void require(boolean condition, String otherwise) throws DeviceException {
        if (!condition) {
            presence.requireAnswer("does not answer");
            throw new DeviceException(device + ": " + otherwise
                    + ": the hardware is stuck (turn its slot, or the machine, off and on)");
        }
    }

    @Override
    public String toString() {
        return device.toString();
    }
}
