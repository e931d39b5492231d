// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.pci.internal.access;

import io.hotbus.bus.pci.Bar;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.hotplug.RemovalCause;
import io.hotbus.eal.mem.DmaMemory;
import io.hotbus.os.LinuxException;

/**
 * The access to one function that a kernel driver gives user space, from open to {@link #close}.
 * Any control thread, several at once. No call blocks on a function that is being removed. After
 * close, every call fails or does nothing.
 */
public interface PciAccess {
    /** The events that an access reports. Called on {@code interrupt}. */
    interface Signals {
        /**
         * The kernel says that the function is gone, or asks for it back. May be called repeatedly.
         */
        void removed(RemovalCause cause);

        /**
         * The kernel has reported an error of the function, and may have reset it. That is no
         * removal.
         */
        void failed();

        /**
         * An interrupt occurred. Further interrupts are held back until {@link #rearmInterrupt}.
         */
        void interrupted();
    }

    /** The place to map a BAR from: a descriptor, which the access owns, and an offset in it. */
    record Region(int fd, long offset) {
    }

    /**
     * Returns where to map the BAR from.
     *
     * @throws DeviceException this kernel driver does not let the BAR be mapped; the message says
     *     why
     */
    Region region(Bar bar) throws DeviceException;

    /** Reads configuration space. {@code bytes} is 1, 2 or 4; the value is not sign-extended. */
    int readConfig(int offset, int bytes) throws LinuxException;

    void writeConfig(int offset, int bytes, int value) throws LinuxException;

    /**
     * Enables interrupts, which are reported by {@link Signals#interrupted}. Idempotent.
     *
     * @throws DeviceException there is no interrupt that user space can use; the message says why
     */
    void enableInterrupt() throws DeviceException;

    /** Lets the next interrupt through. Does nothing if the function is gone. */
    void rearmInterrupt();

    /**
     * Sets up the interrupts again, if they are enabled, because the function was reset and the
     * kernel has not restored them.
     */
    default void renewInterrupt() {
    }

    /** Disables interrupts. Idempotent. */
    void disableInterrupt();

    /** See {@link io.hotbus.bus.pci.PciDevice#requireReachable}. */
    void requireReachable(DmaMemory memory) throws DeviceException;

    /**
     * Whether an access to a BAR may fault although the function is there. On vfio it does while
     * memory decoding is off.
     */
    boolean mayFaultWhilePresent();

    /**
     * Releases everything that the kernel needs to complete a removal. The windows are replaced by
     * then, so no memory of the function is mapped. May take as long as a reset of the function.
     * Idempotent.
     */
    void close();
}
