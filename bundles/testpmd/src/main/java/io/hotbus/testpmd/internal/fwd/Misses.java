// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.fwd;

import io.hotbus.ethdev.Port;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** Packets that devices dropped on the receive side. Guarded by the forwarder's monitor. */
final class Misses {
    /** What ports had missed when counting began, by id. */
    private final Map<Integer, Long> before = new HashMap<>();

    /** Counts from zero from now on. */
    void begin(Map<Integer, Port> ports) {
        before.clear();
        ports.forEach((id, port) -> before.put(id, port.stats().missed()));
    }

    /** What was missed since then, by port id. A port whose counters went back counts from 0. */
    Map<Integer, Long> since(Map<Integer, Port> ports) {
        Map<Integer, Long> missed = new TreeMap<>();
        ports.forEach((id, port) -> missed.put(id,
                Math.max(0, port.stats().missed() - before.getOrDefault(id, 0L))));
        return missed;
    }
}
