// SPDX-License-Identifier: Apache-2.0
package io.hotbus.ethdev;

import java.util.Set;

/**
 * The parts of an {@link RssConfig} that a device supports.
 *
 * @param hashes  what the device can hash; empty if it has no RSS
 * @param key     bytes of its hash key
 * @param table   entries of its redirection table (RETA)
 */
public record RssLimits(Set<RssHash> hashes, int key, int table) {
    /** A device without RSS. */
    public static final RssLimits NONE = new RssLimits(Set.of(), 0, 0);

    /** Copies the set. */
    public RssLimits {
        hashes = Set.copyOf(hashes);
    }
}
