// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.igbvf;

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
import io.hotbus.pmd.pci.NicPresence;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/**
 * The registers of one virtual function. Any thread may read registers and check the presence; the
 * sequences are for one control thread at a time.
 */
final class VfChip implements AdvHost {
    private static final long POLL_NANOS = 1_000_000;
    private static final int[] SPEEDS_MBPS = {10, 100, 1000, 1000};
    private static final long RXDCTL = AdvLayout.VIRTUAL.rx() + AdvLayout.DCTL;
    private static final long TXDCTL = AdvLayout.VIRTUAL.tx() + AdvLayout.DCTL;
    private static final long SRRCTL = AdvLayout.VIRTUAL.rx() + AdvLayout.SRRCTL;

    private final PciDevice device;
    private final NicPresence presence;
    private final Registers registers;
    private final Duration limit;
    private final VfMailbox mailbox;

    /** {@code limit}: how long the physical function may take for a reset, or for an answer. */
    VfChip(PciDevice device, Mmio bar0, Duration limit) {
        this.device = device;
        this.presence = new NicPresence(device, this::isSilent);
        this.registers = new Registers(bar0, r -> !presence.answers());
        this.limit = limit;
        this.mailbox = new VfMailbox(registers, device.toString(), limit);
    }

    PciDevice device() {
        return device;
    }

    /** Whether the function is there. */
    NicPresence presence() {
        return presence;
    }

    VfMailbox mailbox() {
        return mailbox;
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
        if (!registers.await(register, mask, expected, limit)) {
            presence.requireAnswer("does not answer");
            throw new DeviceException("%s: %s is not done after %s ms: the hardware is stuck"
                    .formatted(device, what, limit.toMillis()));
        }
    }

    @Override
    public boolean isGone() {
        return device.isGone();
    }

    @Override
    public boolean maySend() {
        return link().up();
    }

    /**
     * Whether the registers read as no function would answer. After a reset of the physical
     * function by its administrator all registers are zero. SRRCTL of a function that this driver
     * has is not.
     */
    private boolean isSilent() {
        int status = read(VfRegs.VTSTATUS);
        return status == Registers.GONE || status == 0 && read(SRRCTL) == 0;
    }

    /**
     * Resets the function, and tells its physical function.
     *
     * @return the address that the physical function has given it, if it has
     * @throws DeviceException the function is gone, or its physical function does not answer
     */
    Optional<MacAddress> reset() throws DeviceException {
        presence.requireAnswer("does not answer");
        write(VfRegs.VTEIMC, -1);
        stopQueues();
        write(VfRegs.VTCTRL, VfRegs.VTCTRL_RST);
        awaitPhysical();
        write(SRRCTL, AdvLayout.SRRCTL_DESCTYPE_ADV_ONE);
        int[] answer = mailbox.reset();
        if ((answer[0] & VfMessage.ACK) == 0) {
            return Optional.empty();
        }
        MacAddress address = FilterTables.address(answer[1], answer[2] & 0xffff);
        return address.value() == 0 ? Optional.empty() : Optional.of(address);
    }

    private void awaitPhysical() throws DeviceException {
        long end = System.nanoTime() + limit.toNanos();
        while (mailbox.isResetting()) {
            presence.requireAnswer("does not answer");
            if (System.nanoTime() > end) {
                throw new DeviceException(("%s: its physical function %s is down, or is being "
                        + "reset (`ip link set DEV up`)").formatted(device, device.function()
                                .physical().map(Object::toString).orElse("")));
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    /** Disables the queues. Returns whether they have ended. */
    boolean stopQueues() {
        write(RXDCTL, 0);
        write(TXDCTL, 0);
        return registers.await(RXDCTL, AdvLayout.DCTL_ENABLE, 0, limit)
                && registers.await(TXDCTL, AdvLayout.DCTL_ENABLE, 0, limit);
    }

    /** How long {@link #stopQueues} waits. */
    Duration limit() {
        return limit;
    }

    /** The link of the physical function. There is none while that is down or being reset. */
    Link link() {
        int status = read(VfRegs.VTSTATUS);
        if (status == Registers.GONE || (status & VfRegs.VTSTATUS_LU) == 0
                || mailbox.isResetting()) {
            return Link.DOWN;
        }
        int speed = (status & VfRegs.VTSTATUS_SPEED) >> VfRegs.VTSTATUS_SPEED_SHIFT;
        return new Link(true, SPEEDS_MBPS[speed], (status & VfRegs.VTSTATUS_FD) != 0);
    }

    @Override
    public String toString() {
        return device.toString();
    }
}
