// SPDX-License-Identifier: Apache-2.0
package io.hotbus.ethdev;

import java.util.Set;

/**
 * What a device can do of an {@link RssConfig}.
 *
 * @param hashes  what it can hash; nothing where it has no RSS
 * @param key     bytes of its hash key
 * @param table   entries of its redirection table (RETA)
 */
public record RssLimits(Set<RssHash> hashes, int key, int table) {
    /** A device without RSS. */
    public static final RssLimits NONE = new RssLimits(Set.of(), 0, 0);

    /** Keeps a copy. */
    public RssLimits {
        hashes = Set.copyOf(hashes);
    }
}
