// SPDX-License-Identifier: Apache-2.0
package io.hotbus.app;

/**
 * How busy an lcore is. A round of its tasks is busy if one of them had packets. Rounds without
 * packets, and sleep, count as idle. Source: DPDK {@code struct rte_lcore_usage}, which counts
 * cycles.
 *
 * @param lcore      its number
 * @param totalNanos the time since the lcore began
 * @param busyNanos  the time of it that the lcore spent in busy rounds; never goes back
 */
public record LcoreUsage(int lcore, long totalNanos, long busyNanos) {
}
