// SPDX-License-Identifier: Apache-2.0
package io.hotbus.ethdev;

import java.util.List;
import java.util.Set;

/**
 * How a device spreads packets over the receive queues of its port: a hash of each packet is the
 * index of the redirection table, which holds the number of a queue.
 *
 * @param hashes what is hashed; empty: RSS is off, and all packets arrive at queue 0
 * @param key    the hash key; empty: the driver's
 * @param table  the redirection table; empty: the queues in turn
 */
public record RssConfig(Set<RssHash> hashes, List<Byte> key, List<Integer> table) {
    /** RSS is off. */
    public static final RssConfig OFF = new RssConfig(Set.of(), List.of(), List.of());

    /** Copies its arguments. */
    public RssConfig {
        hashes = Set.copyOf(hashes);
        key = List.copyOf(key);
        table = List.copyOf(table);
    }
}
