// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd.eth;

import io.hotbus.ethdev.RssConfig;
import java.util.HexFormat;

/**
 * What a driver writes into the tables of receive-side scaling of its device: the values of a
 * configuration, or the usual ones where it has none. Any thread.
 */
public final class RssEntries {
    /** Bytes of the usual hash key. A device with a longer key needs a configuration with one. */
    public static final int KEY_BYTES = 40;
    /** Entries of the redirection table of most devices. */
    public static final int TABLE_ENTRIES = 128;

    /** The key of Microsoft's specification of RSS, which DPDK uses for Intel's NICs, too. */
    private static final byte[] KEY = HexFormat.of().parseHex(
            "6d5a56da255b0ec24167253d43a38fb0d0ca2bcbae7b30b477cb2da38030f20c6a42b73bbeac01fa");

    private RssEntries() {
    }

    /** Byte {@code index} of the hash key. */
    public static byte key(RssConfig config, int index) {
        return config.key().isEmpty() ? KEY[index] : config.key().get(index);
    }

    /**
     * The queue in entry {@code index} of the redirection table.
     *
     * @param queues the number of receive queues
     */
    public static int queue(RssConfig config, int index, int queues) {
        return config.table().isEmpty() ? index % queues : config.table().get(index);
    }
}
