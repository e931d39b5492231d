// SPDX-License-Identifier: Apache-2.0
package io.hotbus.history;

import java.time.Instant;

/**
 * A repaired access to the memory of a device that a handler has claimed.
 *
 * @param number      counts faults from 1 on, across restarts if they are kept in a file
 * @param time        when it happened
 * @param bus         the name of the bus
 * @param device      the name of the device
 * @param window      the name of the window that was accessed, as in {@code net_sim0 BAR0}
 * @param thread      the kernel's id of the thread that accessed it
 * @param repairNanos how long the repair took, in nanoseconds
 */
public record Fault(long number, Instant time, String bus, String device, String window,
        int thread, long repairNanos) {
}
