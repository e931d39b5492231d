// SPDX-License-Identifier: Apache-2.0
package io.hotbus.eal.hotplug;

import java.util.Objects;
import java.util.Optional;

/**
 * One step of what is done with a device, after it was done: how long it took, and whether it
 * failed. A bundle that changes, or an lcore that stands still, is a step of its own; it has no
 * bus.
 *
 * @param kind       what was done
 * @param bus        the name of the device's bus; empty for bundles and lcores
 * @param name       the name of the device, of the bundle or of the lcore
 * @param thread     the name of the thread that did it
 * @param beginNanos when it began, on the clock of {@link System#nanoTime}
 * @param endNanos   when it ended, on the same clock; never before {@code beginNanos}
 * @param failure    why it failed; empty if it did not
 */
public record DeviceStep(Kind kind, String bus, String name, String thread, long beginNanos,
        long endNanos, Optional<String> failure) {
    /** The kinds of steps. */
    public enum Kind {
        /** The SIGBUS handler replaced the window that was accessed. */
        REPAIR,
        /** The {@link BusHotplugHandler} of the bus replaced the windows of the device. */
        HOT_UNPLUG,
        /** The bus attached the device: found it, opened it, and its driver probed it. */
        ATTACH,
        /** The driver probed the device, which the bus has opened. */
        PROBE,
        /** The driver released the device. */
        REMOVE,
        /** The bus detached the device; its driver has released it. */
        DETACH,
        /** The port of the device was configured. */
        PORT_CONFIGURE,
        /** The port of the device was started. */
        PORT_START,
        /** The port of the device was stopped. */
        PORT_STOP,
        /** The port of the device was closed. */
        PORT_CLOSE,
        /** The lcores forward the packets of the port from now on. */
        FORWARD_START,
        /** The lcores have left the port. */
        FORWARD_STOP,
        /** A bundle was started. */
        BUNDLE_START,
        /** A bundle got another jar. */
        BUNDLE_UPDATE,
        /** A bundle was stopped. */
        BUNDLE_STOP,
        /** An lcore did not come round to its next poll. */
        LCORE_STALL
    }

    public DeviceStep {
        Objects.requireNonNull(kind);
        Objects.requireNonNull(bus);
        Objects.requireNonNull(name);
        Objects.requireNonNull(thread);
        Objects.requireNonNull(failure);
        endNanos = endNanos - beginNanos < 0 ? beginNanos : endNanos;
    }

    /** What the current thread has done since {@code beginNanos}. */
    public static DeviceStep done(Kind kind, String bus, String name, long beginNanos) {
        return of(kind, bus, name, beginNanos, Optional.empty());
    }

    /** What the current thread has tried since {@code beginNanos}, and why that failed. */
    public static DeviceStep failed(
            Kind kind, String bus, String name, long beginNanos, Throwable why) {
        return of(kind, bus, name, beginNanos,
                Optional.of(why.getMessage() == null ? why.toString() : why.getMessage()));
    }

    private static DeviceStep of(
            Kind kind, String bus, String name, long beginNanos, Optional<String> failure) {
        return new DeviceStep(kind, bus, name, Thread.currentThread().getName(), beginNanos,
                System.nanoTime(), failure);
    }

    /** How long it took. */
    public long nanos() {
        return endNanos - beginNanos;
    }
}
