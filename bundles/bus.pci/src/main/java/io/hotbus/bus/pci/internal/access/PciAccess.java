// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.pci.internal.access;

import io.hotbus.bus.pci.Bar;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.hotplug.RemovalCause;
import io.hotbus.eal.mem.DmaMemory;
import io.hotbus.os.LinuxException;

/**
 * What a kernel driver gives user space of one function, from open to {@link #close}. Any control
 * thread, several at once; nothing blocks on a function that is being removed. After close every
 * call fails or does nothing.
 */
public interface PciAccess {
    /** What an access finds out by itself. Called on {@code interrupt}. */
    interface Signals {
        /** The kernel says that the function is gone or asks for it back; may come repeatedly. */
        void removed(RemovalCause cause);

        /** An interrupt; further ones are held back until {@link #rearmInterrupt}. */
        void interrupted();
    }

    /** Where to map a BAR: a descriptor, owned by the access, and the offset in it. */
    record Region(int fd, long offset) {
    }

    /** @throws DeviceException this kernel driver does not let it be mapped, and why */
    Region region(Bar bar) throws DeviceException;

    /** {@code bytes} is 1, 2 or 4; the value is not sign-extended. */
    int readConfig(int offset, int bytes) throws LinuxException;

    void writeConfig(int offset, int bytes, int value) throws LinuxException;

    /**
     * Lets interrupts come, as {@link Signals#interrupted}. Idempotent.
     *
     * @throws DeviceException there is none that user space can use, and why
     */
    void enableInterrupt() throws DeviceException;

    /** Lets the next interrupt through. Where the function is gone, nothing. */
    void rearmInterrupt();

    /** Idempotent. */
    void disableInterrupt();

    /** See {@link io.hotbus.bus.pci.PciDevice#requireReachable}. */
    void requireReachable(DmaMemory memory) throws DeviceException;

    /**
     * Whether an access to a BAR may fault although the function is there, as on vfio while memory
     * decoding is off.
     */
    boolean mayFaultWhilePresent();

    /**
     * Lets go of all that the kernel waits for before it can complete a removal; the windows are
     * replaced by then, so nothing is mapped any more. May take as long as a reset of the function
     * does. Idempotent.
     */
    void close();
}
