// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd.intel;

import io.hotbus.bus.pci.PciDevice;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.io.Mmio;
import io.hotbus.ethdev.Link;
import io.hotbus.pmd.Registers;
import io.hotbus.pmd.pci.NicPresence;
import java.time.Duration;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * The registers of one function, physical or virtual, in BAR0. Any thread may read registers and
 * check the presence; the sequences of a subclass are for one control thread at a time. {@code
 * toString} names the device in messages.
 */
@ConsumerType
public abstract class AbstractGigabitFunction {
    private final PciDevice device;
    private final NicPresence presence;
    private final Registers registers;
    private final Duration limit;

    /**
     * Accesses the registers of {@code device} in {@code bar0}.
     *
     * @param limit how long the function may take for what it was told
     */
    protected AbstractGigabitFunction(PciDevice device, Mmio bar0, Duration limit) {
        this.device = device;
        this.presence = new NicPresence(device, this::isSilent);
        this.registers = new Registers(bar0, r -> !presence.answers());
        this.limit = limit;
    }

    /** Whether the registers read as no function would answer. Any thread; must not wait. */
    protected abstract boolean isSilent();

    /** Whether it may send now: its link is up, and not paused by its partner. Any thread. */
    public abstract boolean maySend();

    /** The state of the link. Any thread. */
    public abstract Link link();

    /** The device. */
    public final PciDevice device() {
        return device;
    }

    /** Whether the function is there. */
    public final NicPresence presence() {
        return presence;
    }

    /** The registers, for waits and for statistics. A silent function counts as absent. */
    public final Registers registers() {
        return registers;
    }

    /** How long the function may take for what it was told. */
    public final Duration limit() {
        return limit;
    }

    /** Whether the device counts as removed. Any thread; each burst asks. */
    final boolean isGone() {
        return device.isGone();
    }

    /** Reads a register. Any thread. */
    public final int read(long register) {
        return registers.read32(register);
    }

    /** Writes a register, unless the device is known to be gone. Any thread. */
    public final void write(long register, int value) {
        if (!device.isGone()) {
            registers.write32(register, value);
        }
    }

    /**
     * Writes a tail register, which must not cost more than that. The port takes the queues away
     * when the device goes. The thread of the queue.
     */
    final void doorbell(long register, int value) {
        registers.write32(register, value);
    }

    /**
     * Waits until the bits {@code mask} of a register read {@code expected}. Control threads.
     *
     * @param otherwise what is wrong if they do not; the limit is added
     * @throws DeviceException the device is gone, or wedged; the message tells which
     */
    protected final void require(long register, int mask, int expected, String otherwise)
            throws DeviceException {
        require(registers.await(register, mask, expected, limit),
                "%s after %s ms".formatted(otherwise, limit.toMillis()));
    }

    /**
     * Requires that the hardware does what it must.
     *
     * @param otherwise what is wrong if it does not
     * @throws DeviceException it does not: the device is gone, or wedged; the message tells which
     */
    protected final void require(boolean condition, String otherwise) throws DeviceException {
        if (!condition) {
            presence.requireAnswer("does not answer");
            throw new DeviceException(device + ": " + otherwise
                    + ": the hardware is stuck (turn its slot, or the machine, off and on)");
        }
    }

    /** The name of the device. */
    @Override
    public final String toString() {
        return device.toString();
    }
}
