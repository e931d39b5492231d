// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.fwd;

import io.hotbus.ethdev.Port;
import io.hotbus.testpmd.ForwardEngine;
import io.hotbus.testpmd.FwdConfig;
import io.hotbus.testpmd.Topology;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which queue forwards to which. Without a list of forwarding ports, ports are paired by id, 0 with
 * 1, 2 with 3; with a list, by their places in it. Source: DPDK testpmd's topologies.
 */
final class Pairing {
    /** From a receive queue of one port to the transmit queue of the same index of another. */
    record Route(Port rx, Port tx, int queue) {
        boolean involves(Port port) {
            return rx == port || tx == port;
        }

        /** How many queues these ports have in common. */
        private int queues() {
            return Math.min(rx.rxQueueCount(), tx.txQueueCount());
        }
    }

    private Pairing() {
    }

    /**
     * The routes among {@code ports}. A port without a partner forwards to itself; one whose
     * partner's id is in {@code lost} waits for it, without a route.
     */
    static List<Route> routes(Map<Integer, Port> ports, Set<Integer> lost, FwdConfig config,
            ForwardEngine engine) {
        Topology topology = engine.answers() ? Topology.LOOP : config.topology();
        List<Integer> order = order(ports, lost, config);
        List<Route> pairs = new ArrayList<>();
        for (int i = 0; i < order.size(); i++) {
            Port port = ports.get(order.get(i));
            int partner = partner(order, i, topology, config.ports().isEmpty());
            if (port != null && (ports.containsKey(partner) || !lost.contains(partner))) {
                pairs.add(new Route(port, ports.getOrDefault(partner, port), 0));
            }
        }
        return queues(pairs);
    }

    /** The forwarding ports, and those that are missing. */
    private static List<Integer> order(
            Map<Integer, Port> ports, Set<Integer> lost, FwdConfig config) {
        if (!config.ports().isEmpty()) {
            return config.ports();
        }
        TreeSet<Integer> all = new TreeSet<>(ports.keySet());
        all.addAll(lost);
        return List.copyOf(all);
    }

    private static int partner(List<Integer> order, int index, Topology topology, boolean byId) {
        int id = order.get(index);
        return switch (topology) {
            case LOOP -> id;
            case CHAINED -> order.get((index + 1) % order.size());
            case PAIRED -> byId ? id ^ 1 : (index ^ 1) < order.size() ? order.get(index ^ 1) : id;
        };
    }

    /** The routes of all queues: those of the first queues first. */
    private static List<Route> queues(List<Route> pairs) {
        int most = pairs.stream().mapToInt(Route::queues).max().orElse(0);
        List<Route> routes = new ArrayList<>();
        for (int queue = 0; queue < most; queue++) {
            for (Route pair : pairs) {
                if (queue < pair.queues()) {
                    routes.add(new Route(pair.rx(), pair.tx(), queue));
                }
            }
        }
        return routes;
    }
}
