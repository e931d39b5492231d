// SPDX-License-Identifier: Apache-2.0
package io.hotbus.eal.hotplug;

/**
 * What has become of the faults that were repaired, since the core bundle was started. Each counts
 * once.
 *
 * @param claimed  by a {@link SigbusHandler}, whether it could deal with it or not
 * @param released nobody had claimed them yet when their windows were released, since their device
 *                 was detached
 * @param waiting  for a handler that claims them
 */
public record FaultCounts(long claimed, long released, long waiting) {
}
