// SPDX-License-Identifier: Apache-2.0
package io.hotbus.history;

import io.hotbus.eal.hotplug.RemovalCause;
import java.util.Map;

/**
 * What has happened since the bundle was started; not what was read from a file.
 *
 * @param removals           removals of attached devices
 * @param causes             their number by the detector that was first, without those that were
 *                           never first
 * @param faults             repaired faults that a handler has claimed
 * @param repairNanos        the time that all repairs took, in nanoseconds
 * @param longestRepairNanos the time that the longest repair took, in nanoseconds
 */
public record HistoryCounts(long removals, Map<RemovalCause, Long> causes, long faults,
        long repairNanos, long longestRepairNanos) {
    /** Copies {@code causes}. */
    public HistoryCounts {
        causes = Map.copyOf(causes);
    }
}
