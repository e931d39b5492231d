// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.e1000e;

import io.hotbus.bus.pci.PciDevice;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.io.Mmio;
import io.hotbus.ethdev.MacAddress;
import io.hotbus.pmd.DmaReach;
import io.hotbus.pmd.Registers;
import io.hotbus.pmd.pci.NicPresence;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * The registers of one 82574: waits, the signs that no device answers, and the sequences that
 * concern the chip as a whole. Any thread may read registers and check the presence; the sequences
 * are for one control thread at a time.
 */
final class E1000eChip {
    /** No access for the first microsecond of a reset; the host's timers are coarser. */
    private static final long RESET_PAUSE_NANOS = 100_000;

    private final PciDevice device;
    private final NicPresence presence;
    private final Registers registers;
    /** Some milliseconds, according to the data sheet. */
    private final Duration resetLimit;
    /** Pending requests end within microseconds; Linux waits 80 ms. */
    private final Duration stopLimit;
    /** The value of CTRL between the sequences. */
    private int ctrl;

    /**
     * {@code resetLimit}: how long a reset may take. The end of requests may take a tenth of it.
     */
    E1000eChip(PciDevice device, Mmio bar0, Duration resetLimit) {
        this.device = device;
        this.presence = new NicPresence(device, this::isSilent);
        this.registers = new Registers(bar0, r -> !presence.answers());
        this.resetLimit = resetLimit;
        this.stopLimit = resetLimit.dividedBy(10);
    }

    PciDevice device() {
        return device;
    }

    /** Whether the chip is there. */
    NicPresence presence() {
        return presence;
    }

    /** Whether the chip is present, for the statistics. A silent chip counts as absent. */
    Registers registers() {
        return registers;
    }

    /** Checks that the chip can reach the memory. */
    DmaReach reach() {
        return device::requireReachable;
    }

    /** How long {@link #stopDma} waits. */
    Duration stopLimit() {
        return stopLimit;
    }

    int read(long register) {
        return registers.read32(register);
    }

    /** Writes a register, unless the device is known to be gone. */
    void write(long register, int value) {
        if (!device.isGone()) {
            registers.write32(register, value);
        }
    }

    /**
     * Writes a register in a burst, which must not cost more. The port takes the queues away when
     * the device goes.
     */
    void doorbell(long register, int value) {
        registers.write32(register, value);
    }

    /** See {@link Registers#await}. */
    private boolean await(long register, int mask, int expected, Duration limit) {
        return registers.await(register, mask, expected, limit);
    }

    /**
     * Whether the registers read as no chip would answer. STATUS is never all-ones. It may be zero,
     * but then CTRL is not. If both are zero, the device is gone: a bridge or a hypervisor may
     * return zeros.
     */
    private boolean isSilent() {
        int status = read(E1000eRegs.STATUS);
        if (status != 0) {
            return status == Registers.GONE;
        }
        int control = read(E1000eRegs.CTRL);
        return control == 0 || control == Registers.GONE;
    }

    /** Whether STATUS lets it send: the link is up, and not paused by its partner. */
    boolean maySend() {
        int status = read(E1000eRegs.STATUS);
        return (status & E1000eRegs.STATUS_LU) != 0 && (status & E1000eRegs.STATUS_TXOFF) == 0;
    }

    /**
     * Puts the chip into a known state: no DMA, no interrupt, no offloads, link wanted. The filter
     * tables are undefined, except for the own address. Source: 82574 data sheet, initialization
     * sequence; the hand-over of the PHY as in Linux {@code e1000_reset_hw_82571}.
     *
     * @throws DeviceException the chip is gone, or does not answer
     */
    void reset() throws DeviceException {
        requireAnswer("does not answer");
        write(E1000eRegs.IMC, -1);
        write(E1000eRegs.RCTL, 0);
        write(E1000eRegs.TCTL, E1000eRegs.TCTL_PSP);
        ctrl = read(E1000eRegs.CTRL);
        // A reset during a request may hang the bus. If the request does not end, the reset is made
        // anyway.
        stopDma();
        requireAnswer("does not answer");
        emptyRings();
        int extcnf = read(E1000eRegs.EXTCNF_CTRL) & ~E1000eRegs.EXTCNF_MDIO_SW_OWNERSHIP;
        // If the firmware does not release the PHY, the reset takes it anyway.
        write(E1000eRegs.EXTCNF_CTRL, extcnf | E1000eRegs.EXTCNF_MDIO_SW_OWNERSHIP);
        await(E1000eRegs.EXTCNF_CTRL, E1000eRegs.EXTCNF_MDIO_SW_OWNERSHIP,
                E1000eRegs.EXTCNF_MDIO_SW_OWNERSHIP, stopLimit);
        requireAnswer("does not answer");
        // Linux leaves too little for long frames to be sent.
        write(E1000eRegs.PBA, E1000eRegs.PBA_RX_20K);
        write(E1000eRegs.CTRL, ctrl | E1000eRegs.CTRL_RST);
        LockSupport.parkNanos(RESET_PAUSE_NANOS);
        boolean done = await(E1000eRegs.CTRL, E1000eRegs.CTRL_RST, 0, resetLimit);
        requireAnswer("does not answer after a reset");
        require(done, "CTRL.RST is not done after " + resetLimit.toMillis() + " ms");
        write(E1000eRegs.EXTCNF_CTRL, extcnf);
        require(await(E1000eRegs.EECD, E1000eRegs.EECD_AUTO_RD, E1000eRegs.EECD_AUTO_RD,
                resetLimit), "its NVM is not read (EECD.AUTO_RD) after "
                + resetLimit.toMillis() + " ms");
        write(E1000eRegs.IMC, -1);
        acknowledge();
        clearOffloads();
        linkUp();
    }

    /**
     * Makes the chip forget all rings. QEMU 7.2 keeps them in a reset, and would go on with those
     * of a queue that is no longer used.
     */
    private void emptyRings() {
        for (int queue = 0; queue < E1000eRegs.QUEUES; queue++) {
            long stride = queue * E1000eRegs.QUEUE_STRIDE;
            for (long ring : new long[] {E1000eRegs.RDBAL, E1000eRegs.TDBAL}) {
                long registers = ring - E1000eRegs.RDBAL + stride;
                write(registers + E1000eRegs.RDLEN, 0);
                write(registers + E1000eRegs.RDH, 0);
                write(registers + E1000eRegs.RDT, 0);
            }
        }
    }

    /** Prepares the transmit unit for so many queues. */
    void shareTransmit(int queues) {
        boolean several = queues > 1;
        int tarc = read(E1000eRegs.TARC) & ~E1000eRegs.TARC_TWO_QUEUES | E1000eRegs.TARC_ERRATUM
                | (several ? E1000eRegs.TARC_TWO_QUEUES : 0);
        write(E1000eRegs.TARC, tarc);
        if (several) {
            write(E1000eRegs.TARC + E1000eRegs.QUEUE_STRIDE, tarc);
        }
    }

    private void clearOffloads() {
        write(E1000eRegs.MRQC, 0);
        write(E1000eRegs.RXCSUM, 0);
        write(E1000eRegs.RFCTL, E1000eRegs.RFCTL_ACK_DIS);
    }

    /**
     * The link, as the PHY negotiates it: without CTRL.ASDE and forced speed, flow control and VLAN
     * stripping. All bits are written, because an emulated chip may keep the values of the kernel's
     * driver.
     */
    private void linkUp() {
        ctrl = read(E1000eRegs.CTRL) & ~(E1000eRegs.CTRL_GIO_MASTER_DISABLE | E1000eRegs.CTRL_ASDE
                | E1000eRegs.CTRL_FRCSPD | E1000eRegs.CTRL_FRCDPLX | E1000eRegs.CTRL_RFCE
                | E1000eRegs.CTRL_TFCE | E1000eRegs.CTRL_VME | E1000eRegs.CTRL_RST
                | E1000eRegs.CTRL_PHY_RST) | E1000eRegs.CTRL_SLU;
        write(E1000eRegs.CTRL, ctrl);
    }

    /** Sets whether the chip takes VLAN tags out and inserts them, until the next reset. */
    void setVlanMode(boolean on) {
        ctrl = on ? ctrl | E1000eRegs.CTRL_VME : ctrl & ~E1000eRegs.CTRL_VME;
        write(E1000eRegs.CTRL, ctrl);
    }

    /** Lets LSC raise the interrupt: the only one, or with MSI-X vector 0. */
    void enableInterrupt() {
        write(E1000eRegs.ITR, 0);
        write(E1000eRegs.EIAC, 0);
        write(E1000eRegs.IAM, 0);
        write(E1000eRegs.IVAR, E1000eRegs.IVAR_ALL_VECTOR_0);
        write(E1000eRegs.IMS, E1000eRegs.INT_LSC | E1000eRegs.INT_OTHER);
    }

    void disableInterrupt() {
        write(E1000eRegs.IMC, -1);
    }

    /**
     * Clears the causes of the interrupt, and returns them. Reading clears them only under
     * conditions (7.4.5), writing them back always.
     */
    int acknowledge() {
        int causes = read(E1000eRegs.ICR);
        if (causes != Registers.GONE && causes != 0) {
            write(E1000eRegs.ICR, causes & ~E1000eRegs.ICR_INT_ASSERTED);
        }
        return causes;
    }

    /** Lets the next received frame raise the interrupt. */
    void enableRxInterrupt() {
        write(E1000eRegs.ICR, E1000eRegs.INT_RX);
        write(E1000eRegs.IMS, E1000eRegs.INT_RX);
        // The writes have arrived when a read returns: a frame whose cause they have cleared is in
        // memory by then.
        read(E1000eRegs.STATUS);
    }

    /** Lets received frames raise no interrupt. */
    void disableRxInterrupt() {
        write(E1000eRegs.IMC, E1000eRegs.INT_RX);
    }

    /**
     * Ends all requests to memory until the next {@link #reset}. Returns whether none is pending.
     * Source: 82574 data sheet, GIO master disable.
     */
    boolean stopDma() {
        write(E1000eRegs.CTRL, ctrl | E1000eRegs.CTRL_GIO_MASTER_DISABLE);
        return await(E1000eRegs.STATUS, E1000eRegs.STATUS_GIO_MASTER_ENABLE, 0, stopLimit);
    }

    /** The address of the chip, which a reset has read from the NVM. */
    MacAddress macAddress() throws DeviceException {
        int low = read(E1000eRegs.RAL);
        int high = read(E1000eRegs.RAH);
        requireAnswer("does not answer");
        require((high & E1000eRegs.RAH_AV) != 0 && (low & 1) == 0 && (low | high << 16) != 0,
                "RAL0 and RAH0 hold no address (is its NVM programmed?)");
        return new MacAddress(Long.reverseBytes(
                Integer.toUnsignedLong(low) | (long) high << Integer.SIZE) >>> Short.SIZE);
    }

    /** See {@link NicPresence#requireAnswer}. */
    void requireAnswer(String otherwise) throws DeviceException {
        presence.requireAnswer(otherwise);
    }

    private void require(boolean condition, String otherwise) throws DeviceException {
        if (!condition) {
            requireAnswer("does not answer");
            throw new DeviceException(device + ": " + otherwise
                    + ": the hardware is stuck (turn its slot, or the machine, off and on)");
        }
    }
}
