// SPDX-License-Identifier: Apache-2.0
package io.hotbus.eal.hotplug;

/**
 * Counts the faults that were repaired since the core bundle was started. Each fault counts once.
 *
 * @param claimed  faults that a {@link SigbusHandler} has claimed, successfully handled or not
 * @param released faults that no handler had claimed when the window was released with its device
 * @param waiting  faults that no handler has claimed yet
 */
public record FaultCounts(long claimed, long released, long waiting) {
}
