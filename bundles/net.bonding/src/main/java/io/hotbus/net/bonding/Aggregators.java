// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.bonding;

import io.hotbus.net.bonding.LacpPort.Group;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToLongFunction;

/** Chooses the aggregator that a bond uses. Source: IEEE 802.1AX, 6.4.14. */
final class Aggregators {
    private Aggregators() {
    }

    /**
     * Chooses an aggregator. Of equal ones, the present one, then that of the first port.
     *
     * @param present the one that is used now
     * @return empty if no port has a partner
     */
    static Optional<Group> choose(
            AggMode mode, Collection<LacpPort> ports, Optional<Group> present) {
        Map<Group, Long> worth = new LinkedHashMap<>();
        ToLongFunction<LacpPort> worthOf = mode == AggMode.COUNT ? port -> 1
                : port -> port.link().speedMbps();
        for (LacpPort port : ports) {
            port.group().ifPresent(
                    group -> worth.merge(group, worthOf.applyAsLong(port), Long::sum));
        }
        if (mode == AggMode.STABLE && present.filter(worth::containsKey).isPresent()) {
            return present;
        }
        long most = worth.values().stream().max(Comparator.naturalOrder()).orElse(0L);
        if (present.filter(group -> worth.getOrDefault(group, -1L) == most).isPresent()) {
            return present;
        }
        return worth.entrySet().stream().filter(entry -> entry.getValue() == most)
                .map(Map.Entry::getKey).findFirst();
    }
}
