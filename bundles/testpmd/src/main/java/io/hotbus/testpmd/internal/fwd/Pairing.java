// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.fwd;

import io.hotbus.ethdev.Port;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which queue forwards to which: ports are paired by id, 0 with 1, 2 with 3. Source: DPDK testpmd's
 * paired topology.
 */
final class Pairing {
    /** From a receive queue of one port to the transmit queue of the same index of another. */
    record Route(Port rx, Port tx, int queue) {
        boolean involves(Port port) {
            return rx == port || tx == port;
        }
    }

    private Pairing() {
    }

    /**
     * The routes among {@code ports}. A port without a partner forwards to itself; one whose
     * partner's id is in {@code lost} waits for it, without a route.
     */
    static List<Route> routes(Map<Integer, Port> ports, Set<Integer> lost) {
        List<Route> routes = new ArrayList<>();
        ports.forEach((id, port) -> {
            int partner = id ^ 1;
            if (!ports.containsKey(partner) && lost.contains(partner)) {
                return;
            }
            Port to = ports.getOrDefault(partner, port);
            for (int queue = 0; queue < Math.min(port.rxQueueCount(), to.txQueueCount()); queue++) {
                routes.add(new Route(port, to, queue));
            }
        });
        return routes;
    }
}
