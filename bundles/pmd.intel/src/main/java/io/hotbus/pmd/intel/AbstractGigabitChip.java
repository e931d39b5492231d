// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd.intel;

import io.hotbus.bus.pci.PciDevice;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.io.Mmio;
import io.hotbus.ethdev.Link;
import io.hotbus.ethdev.MacAddress;
import io.hotbus.pmd.Registers;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * The registers of one chip: the sequences that concern it as a whole. They are for one control
 * thread at a time.
 */
@ConsumerType
public abstract class AbstractGigabitChip extends AbstractGigabitFunction {
    /**
     * What the negotiating PHY decides, or what must not be on: forced speed, flow control, VLAN
     * stripping. All bits are written, because an emulated chip may keep the values of the kernel's
     * driver.
     */
    private static final int CTRL_OFF = GigabitRegs.CTRL_GIO_MASTER_DISABLE
            | GigabitRegs.CTRL_FRCSPD | GigabitRegs.CTRL_FRCDPLX | GigabitRegs.CTRL_RFCE
            | GigabitRegs.CTRL_TFCE | GigabitRegs.CTRL_VME | GigabitRegs.CTRL_RST
            | GigabitRegs.CTRL_PHY_RST;

    private final GigabitInterrupt interrupt;
    /** Pending requests end within microseconds; Linux waits 80 ms. */
    private final Duration stopLimit;
    /** The value of CTRL between the sequences. */
    private int ctrl;

    /**
     * Accesses the registers of {@code device} in {@code bar0}.
     *
     * @param resetLimit how long a reset may take; the end of requests may take a tenth of it
     * @param queues     the receive queues that can raise the interrupt
     * @param causes     the causes of the interrupt
     */
    protected AbstractGigabitChip(PciDevice device, Mmio bar0, Duration resetLimit, int queues,
            GigabitInterrupt.Causes causes) {
        super(device, bar0, resetLimit);
        this.stopLimit = resetLimit.dividedBy(10);
        this.interrupt = new GigabitInterrupt(this, queues, causes);
    }

    /**
     * Puts the chip into a known state: no DMA, no interrupt, no offloads, no queue enabled, link
     * wanted. The filter tables are undefined, except for the own address.
     *
     * @throws DeviceException the chip is gone, or does not answer
     */
    protected abstract void reset() throws DeviceException;

    /** Turns off both units, which receive and send nothing from then on. */
    protected abstract void stopUnits();

    /** Lets nothing raise the interrupt. */
    protected void disableInterrupts() {
        interrupt.disable();
    }

    /** The interrupt. */
    public final GigabitInterrupt interrupt() {
        return interrupt;
    }

    /** How long {@link #stopDma} waits. */
    public final Duration stopLimit() {
        return stopLimit;
    }

    /**
     * Whether the registers read as no chip would answer. STATUS is never all-ones. It may be zero,
     * but then CTRL is not. If both are zero, the device is gone: a bridge or a hypervisor may
     * return zeros.
     */
    @Override
    protected final boolean isSilent() {
        int status = read(GigabitRegs.STATUS);
        if (status != 0) {
            return status == Registers.GONE;
        }
        int control = read(GigabitRegs.CTRL);
        return control == 0 || control == Registers.GONE;
    }

    @Override
    public final boolean maySend() {
        int status = read(GigabitRegs.STATUS);
        return (status & GigabitRegs.STATUS_LU) != 0 && (status & GigabitRegs.STATUS_TXOFF) == 0;
    }

    @Override
    public final Link link() {
        return GigabitRegs.link(read(GigabitRegs.STATUS));
    }

    /**
     * Stops all that the chip does. A reset during a request may hang the bus. If the request does
     * not end, the reset is to be made anyway.
     *
     * @throws DeviceException the chip is gone
     */
    protected final void calm() throws DeviceException {
        presence().requireAnswer("does not answer");
        disableInterrupts();
        stopUnits();
        ctrl = read(GigabitRegs.CTRL);
        stopDma();
        presence().requireAnswer("does not answer");
    }

    /**
     * Sets CTRL.RST of a chip that is {@linkplain #calm calm}, and waits until it is done.
     *
     * @param pauseNanos the least time before the next access
     * @throws DeviceException the chip is gone or wedged
     */
    protected final void resetAll(long pauseNanos) throws DeviceException {
        write(GigabitRegs.CTRL, ctrl | GigabitRegs.CTRL_RST);
        LockSupport.parkNanos(pauseNanos);
        boolean done = registers().await(GigabitRegs.CTRL, GigabitRegs.CTRL_RST, 0, limit());
        presence().requireAnswer("does not answer after a reset");
        require(done, "CTRL.RST is not done after " + limit().toMillis() + " ms");
    }

    /**
     * Lets the link be as the PHY negotiates it.
     *
     * @param off bits of CTRL that have to be zero on this chip
     */
    protected final void linkUp(int off) {
        ctrl = read(GigabitRegs.CTRL) & ~(CTRL_OFF | off) | GigabitRegs.CTRL_SLU;
        write(GigabitRegs.CTRL, ctrl);
    }

    /** Sets whether the chip takes VLAN tags out and inserts them, until the next reset. */
    final void setVlanMode(boolean on) {
        ctrl = on ? ctrl | GigabitRegs.CTRL_VME : ctrl & ~GigabitRegs.CTRL_VME;
        write(GigabitRegs.CTRL, ctrl);
    }

    /**
     * Ends all requests to memory until the next {@link #reset}. Returns whether none is pending.
     * Source: the data sheets, GIO master disable.
     */
    final boolean stopDma() {
        write(GigabitRegs.CTRL, ctrl | GigabitRegs.CTRL_GIO_MASTER_DISABLE);
        return registers().await(
                GigabitRegs.STATUS, GigabitRegs.STATUS_GIO_MASTER_ENABLE, 0, stopLimit);
    }

    /**
     * The address of the chip, which a reset has read from the NVM.
     *
     * @throws DeviceException the chip is gone, or has no address
     */
    public final MacAddress macAddress() throws DeviceException {
        int low = read(FilterTables.RAL);
        int high = read(FilterTables.RAH);
        presence().requireAnswer("does not answer");
        require((high & FilterTables.RAH_AV) != 0 && (low & 1) == 0
                && (low | high << Short.SIZE) != 0,
                "RAL0 and RAH0 hold no address (is its NVM programmed?)");
        return FilterTables.address(low, high);
    }
}
