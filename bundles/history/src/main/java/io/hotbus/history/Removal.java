// SPDX-License-Identifier: Apache-2.0
package io.hotbus.history;

import io.hotbus.eal.hotplug.RemovalCause;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A removal of an attached device, as far as it is known. A later object of the same number knows
 * more.
 *
 * @param number        counts removals from 1 on, across restarts if they are kept in a file
 * @param time          the first sign of the removal
 * @param bus           the name of the bus
 * @param device        the name of the device
 * @param cause         the detector that noticed first
 * @param steps         what was done, in the order in which the steps ended
 * @param detachedNanos from the first sign until the device was detached; empty if it is not
 * @param returnedNanos from the first sign until a driver had probed the device again; empty if
 *                      that has not happened
 */
public record Removal(long number, Instant time, String bus, String device, RemovalCause cause,
        List<Step> steps, Optional<Long> detachedNanos, Optional<Long> returnedNanos) {
    /** Copies {@code steps}. */
    public Removal {
        steps = List.copyOf(steps);
    }
}
