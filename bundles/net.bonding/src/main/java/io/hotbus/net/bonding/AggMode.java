// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.bonding;

/** Which aggregator of several a bond in mode 4 uses. Names as in DPDK. */
enum AggMode {
    /** The one that is used, as long as it has members. */
    STABLE,
    /** The one with the most megabits per second. */
    BANDWIDTH,
    /** The one with the most members. */
    COUNT
}
