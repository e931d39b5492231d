// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.igbvf;

import io.hotbus.bus.pci.PciDevice;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.io.Mmio;
import io.hotbus.ethdev.Link;
import io.hotbus.ethdev.MacAddress;
import io.hotbus.pmd.Registers;
import io.hotbus.pmd.intel.AbstractGigabitFunction;
import io.hotbus.pmd.intel.AdvQueues;
import io.hotbus.pmd.intel.FilterTables;
import io.hotbus.pmd.intel.GigabitRegs;
import io.hotbus.pmd.intel.QueueLayout;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/** The registers of one virtual function. See {@link AbstractGigabitFunction} for the threads. */
final class VfChip extends AbstractGigabitFunction {
    private static final long POLL_NANOS = 1_000_000;
    private static final long RXDCTL = QueueLayout.LOW.rx() + QueueLayout.DCTL;
    private static final long TXDCTL = QueueLayout.LOW.tx() + QueueLayout.DCTL;
    private static final long SRRCTL = QueueLayout.LOW.rx() + AdvQueues.SRRCTL;

    private final VfMailbox mailbox;

    /** {@code limit}: how long the physical function may take for a reset, or for an answer. */
    VfChip(PciDevice device, Mmio bar0, Duration limit) {
        super(device, bar0, limit);
        this.mailbox = new VfMailbox(registers(), device.toString(), limit);
    }

    VfMailbox mailbox() {
        return mailbox;
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
    @Override
    protected boolean isSilent() {
        int status = read(GigabitRegs.STATUS);
        return status == Registers.GONE || status == 0 && read(SRRCTL) == 0;
    }

    /**
     * Resets the function, and tells its physical function.
     *
     * @return the address that the physical function has given it, if it has
     * @throws DeviceException the function is gone, or its physical function does not answer
     */
    Optional<MacAddress> reset() throws DeviceException {
        presence().requireAnswer("does not answer");
        write(VfRegs.VTEIMC, -1);
        stopQueues();
        write(VfRegs.VTCTRL, VfRegs.VTCTRL_RST);
        registers().await(VfRegs.VTCTRL, VfRegs.VTCTRL_RST, 0, limit());
        if (!presence().isOnBus()) {
            presence().requireAnswer("does not answer after a reset");
        }
        awaitPhysical();
        write(SRRCTL, AdvQueues.SRRCTL_DESCTYPE_ADV_ONE);
        int[] answer = mailbox.reset();
        if ((answer[0] & VfMessage.ACK) == 0) {
            return Optional.empty();
        }
        MacAddress address = FilterTables.address(answer[1], answer[2] & 0xffff);
        return address.value() == 0 ? Optional.empty() : Optional.of(address);
    }

    private void awaitPhysical() throws DeviceException {
        long end = System.nanoTime() + limit().toNanos();
        while (mailbox.isResetting()) {
            presence().requireAnswer("does not answer");
            if (System.nanoTime() > end) {
                throw new DeviceException(("%s: its physical function %s is down, or is being "
                        + "reset (`ip link set DEV up`)").formatted(device(), device().function()
                                .physical().map(Object::toString).orElse("")));
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    /** Disables the queues. Returns whether they have ended. */
    boolean stopQueues() {
        write(RXDCTL, 0);
        write(TXDCTL, 0);
        return registers().await(RXDCTL, QueueLayout.DCTL_ENABLE, 0, limit())
                && registers().await(TXDCTL, QueueLayout.DCTL_ENABLE, 0, limit());
    }

    /** The link of the physical function. There is none while that is down or being reset. */
    @Override
    public Link link() {
        Link link = GigabitRegs.link(read(GigabitRegs.STATUS));
        return link.up() && mailbox.isResetting() ? Link.DOWN : link;
    }
}
