// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.bonding;

import io.hotbus.ethdev.Link;
import java.util.Map;
import java.util.TreeMap;

/** Numbers for the speeds of links, by which LACP tells what can be aggregated. Source: DPDK. */
final class LacpKey {
    /** By megabits per second; DPDK has those up to 40000. */
    private static final TreeMap<Integer, Integer> SPEEDS = new TreeMap<>(Map.of(10, 2, 100, 4,
            1000, 8, 10_000, 16, 20_000, 17, 40_000, 18, 25_000, 19, 50_000, 20, 100_000, 21,
            200_000, 22));

    private LacpKey() {
    }

    /** The key of a member with that link: 33 at 10 Gbps. */
    static int of(Link link) {
        Map.Entry<Integer, Integer> speed = SPEEDS.floorEntry(link.speedMbps());
        return 2 * (speed == null ? 0 : speed.getValue()) + (link.fullDuplex() ? 1 : 0);
    }
}
