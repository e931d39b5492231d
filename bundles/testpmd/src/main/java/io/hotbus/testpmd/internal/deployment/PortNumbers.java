// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.deployment;

import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortRegistry;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Keeps a number for the port of each device that a file describes, so that the numbers do not
 * depend on which devices are there. A port that another one stands on gets none.
 */
final class PortNumbers {
    private final PortRegistry registry;
    private final Map<String, Wanted> all;
    private final List<DeviceSpec> specs;

    /**
     * @param all   those there are, by name; those of {@code specs} that are new are added
     * @param specs in the order of their numbers
     */
    PortNumbers(PortRegistry registry, Map<String, Wanted> all, List<DeviceSpec> specs) {
        this.registry = registry;
        this.all = all;
        this.specs = specs;
    }

    void keep() {
        Set<Integer> taken = new HashSet<>();
        registry.ports().stream().map(Port::id).forEach(taken::add);
        all.values().forEach(one -> taken.add(one.id()));
        specs.forEach(spec -> spec.number().ifPresent(taken::add));
        for (DeviceSpec spec : specs) {
            Wanted one = all.computeIfAbsent(
                    spec.name(), name -> new Wanted(spec, spec.plan()));
            if (spec.number().isPresent()) {
                number(one, spec.number().getAsInt());
            } else if (specs.stream().anyMatch(other -> DeviceOrder.isOn(other, spec))) {
                one.number(-1, () -> { });
            } else if (one.id() < 0) {
                number(one, registry.port(spec.name()).map(Port::id)
                        .filter(id -> id < PortRegistry.FIRST_CLAIMED)
                        .orElseGet(() -> firstFree(taken)));
                taken.add(one.id());
            }
        }
    }

    private void number(Wanted one, int id) {
        if (one.id() != id) {
            one.number(id, registry.keepNumber(id, one.name()));
        }
    }

    private static int firstFree(Set<Integer> taken) {
        int id = 0;
        while (taken.contains(id)) {
            id++;
        }
        return id;
    }
}
