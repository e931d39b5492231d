// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd.intel;

import io.hotbus.ethdev.RssConfig;
import java.util.HexFormat;
import java.util.List;

/**
 * The tables of receive-side scaling: a hash of each packet is the index of the entry of RETA that
 * has its queue. Packets that are not hashed arrive at queue 0. Control threads.
 */
public final class RssTables {
    /** The redirection table: a byte for each entry. */
    public static final long RETA = 0x05c00;
    /** Its entries. */
    public static final int RETA_ENTRIES = 128;
    /** The hash key, first byte lowest. */
    public static final long RSSRK = 0x05c80;
    /** Its bytes. */
    public static final int RSSRK_BYTES = 40;

    /** The key of Microsoft's specification of RSS, which DPDK uses for Intel's NICs, too. */
    private static final byte[] KEY = HexFormat.of().parseHex(
            "6d5a56da255b0ec24167253d43a38fb0d0ca2bcbae7b30b477cb2da38030f20c6a42b73bbeac01fa");

    private RssTables() {
    }

    /**
     * Writes the key and the redirection table.
     *
     * @param queues the number of receive queues
     * @param shift  where the number of the queue is in an entry
     */
    public static void write(
            AbstractGigabitFunction chip, RssConfig config, int queues, int shift) {
        for (int i = 0; i < RSSRK_BYTES; i += Integer.BYTES) {
            int word = 0;
            for (int b = 0; b < Integer.BYTES; b++) {
                word |= (key(config.key(), i + b) & 0xff) << b * Byte.SIZE;
            }
            chip.write(RSSRK + i, word);
        }
        for (int i = 0; i < RETA_ENTRIES; i += Integer.BYTES) {
            int word = 0;
            for (int b = 0; b < Integer.BYTES; b++) {
                int queue = config.table().isEmpty()
                        ? (i + b) % queues : config.table().get(i + b);
                word |= queue << shift + b * Byte.SIZE;
            }
            chip.write(RETA + i, word);
        }
    }

    private static byte key(List<Byte> key, int index) {
        return key.isEmpty() ? KEY[index] : key.get(index);
    }
}
