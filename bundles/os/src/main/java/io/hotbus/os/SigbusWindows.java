// SPDX-License-Identifier: Apache-2.0
package io.hotbus.os;

import java.util.List;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The SIGBUS handler of the process and its table of windows, as {@code native/hotbus.h} describes
 * them. Any thread. A call that fails throws a {@link LinuxException} that names the window and the
 * errno.
 */
@ProviderType
public interface SigbusWindows {
    /** Whether the handler is in place. */
    enum Status {
        /** The handler is not installed: a fault ends the process. */
        OFF,
        /** The handler is installed in front of all others. */
        ON,
        /** Enabled, but another library has installed its handler over it. */
        DISPLACED
    }

    /** What is behind a window. The order is that of {@code enum hb_window_state}. */
    enum State {
        /** The device's memory. */
        LIVE,
        /** The replacement is being put in place. */
        REPAIRING,
        /** The replacement. */
        REPLACED,
        /** The device's memory is being put back. */
        RESTORING,
        /** The replacement could not be put in place: an access ends the thread that makes it. */
        FAILED
    }

    /**
     * One repair.
     *
     * @param window      from {@link #publish}
     * @param address     the byte that was accessed
     * @param thread      kernel id of the thread
     * @param timeNanos   when it happened, on the clock of {@link System#nanoTime}
     * @param repairNanos from {@code timeNanos} until the replacement was in place
     * @param count       repairs of this window so far, this one included
     */
    record Fault(
            long window, long address, int thread, long timeNanos, long repairNanos, int count) {
    }

    /**
     * The entry of a window in the table.
     *
     * @param address of its first byte
     * @param length  bytes
     * @param state   what is behind it now
     * @param zeros   what it reads as once replaced: zeros rather than all-ones
     * @param faults  repairs so far
     */
    record Window(long address, long length, State state, boolean zeros, long faults) {
    }

    /**
     * Sums over all windows.
     *
     * @param windows published now
     * @param faults  repairs of present and former windows, since the library was loaded
     */
    record Totals(long windows, long faults) {
    }

    /**
     * Installs the handler. Idempotent.
     *
     * @throws LinuxException ENOTSUP: libjsig is loaded; the message says what to do
     */
    void enable() throws LinuxException;

    /**
     * Restores the handler that was there before. Idempotent; windows stay published.
     *
     * @throws LinuxException EBUSY: another library is in front, so this handler stays in the
     *     chain, idle
     */
    void disable() throws LinuxException;

    /** The present status in the kernel. */
    Status status();

    /**
     * Publishes {@code [address, address + length)}, which stays mapped until withdrawn.
     *
     * @param zeros what it reads as once replaced: zeros rather than all-ones
     * @return the window's number, never used again
     */
    long publish(long address, long length, boolean zeros) throws LinuxException;

    /** Puts the replacement in place without a fault. Idempotent. */
    void replace(long window) throws LinuxException;

    /** Maps {@code fd} at {@code offset} over a replaced window again. */
    void restore(long window, int fd, long offset) throws LinuxException;

    /** Withdraws the window and waits until no handler is inside it. Unmap after this. */
    void withdraw(long window) throws LinuxException;

    /** The entry of a window; empty if there is no such window. */
    Optional<Window> window(long window);

    /** The present sums over all windows. */
    Totals totals();

    /** The eventfd that is readable when {@link #take} has something; not to be closed. */
    int eventfd() throws LinuxException;

    /** The repairs since the last call, oldest first. None is ever dropped. */
    List<Fault> take();
}
