// SPDX-License-Identifier: Apache-2.0
package io.hotbus.core.plugin;

import java.util.Comparator;
import java.util.Map;

/**
 * The properties that a service was registered with. The order is the framework's: the highest
 * ranking first, then the oldest.
 *
 * @param ranking {@code service.ranking}
 * @param id {@code service.id}
 * @param bus {@code hotbus.bus}; empty if not set
 */
public record ServiceProperties(int ranking, long id, String bus)
        implements Comparable<ServiceProperties> {
    private static final Comparator<ServiceProperties> ORDER =
            Comparator.comparingInt(ServiceProperties::ranking).reversed()
                    .thenComparingLong(ServiceProperties::id);

    /** Reads the properties that Declarative Services passes to a bind method. */
    public static ServiceProperties of(Map<String, ?> properties) {
        int ranking = properties.get("service.ranking") instanceof Integer number ? number : 0;
        long id = properties.get("service.id") instanceof Long number ? number : -1;
        String bus = properties.get("hotbus.bus") instanceof String name ? name : "";
        return new ServiceProperties(ranking, id, bus);
    }

    @Override
    public int compareTo(ServiceProperties other) {
        return ORDER.compare(this, other);
    }
}
