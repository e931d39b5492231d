// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.fwd;

import io.hotbus.testpmd.ForwardEngine;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;

/** The forwarding engines there are, by name. Any thread. */
final class Engines {
    private final Map<String, ForwardEngine> engines = new ConcurrentSkipListMap<>();

    void add(ForwardEngine added) {
        engines.put(added.name(), added);
    }

    void remove(ForwardEngine removed) {
        engines.remove(removed.name(), removed);
    }

    boolean has(String name) {
        return engines.containsKey(name);
    }

    /** @throws IllegalArgumentException there is none of that name; the message lists the names */
    ForwardEngine require(String name) {
        ForwardEngine found = engines.get(name);
        if (found == null) {
            throw new IllegalArgumentException("'%s' is not a forwarding engine (there are: %s)"
                    .formatted(name, String.join(", ", names())));
        }
        return found;
    }

    List<String> names() {
        return List.copyOf(engines.keySet());
    }
}
