// SPDX-License-Identifier: Apache-2.0
package io.hotbus.eal.hotplug;

/**
 * Counts the faults that were repaired since the core bundle was started. Each fault counts once.
 *
 * @param claimed  a {@link SigbusHandler} has claimed it, whether it could deal with it or not
 * @param released no handler had claimed it when its window was released with its device
 * @param waiting  no handler has claimed it yet
 */
public record FaultCounts(long claimed, long released, long waiting) {
}
