// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd.intel;

import io.hotbus.ethdev.RssConfig;
import io.hotbus.pmd.eth.RssEntries;

/**
 * The tables of receive-side scaling: a hash of each packet is the index of the entry of RETA that
 * has its queue. Packets that are not hashed arrive at queue 0. Control threads.
 */
public final class RssTables {
    /** The redirection table: a byte for each entry. */
    public static final long RETA = 0x05c00;
    /** Its entries. */
    public static final int RETA_ENTRIES = RssEntries.TABLE_ENTRIES;
    /** The hash key, first byte lowest. */
    public static final long RSSRK = 0x05c80;
    /** Its bytes. */
    public static final int RSSRK_BYTES = RssEntries.KEY_BYTES;

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
                word |= (RssEntries.key(config, i + b) & 0xff) << b * Byte.SIZE;
            }
            chip.write(RSSRK + i, word);
        }
        for (int i = 0; i < RETA_ENTRIES; i += Integer.BYTES) {
            int word = 0;
            for (int b = 0; b < Integer.BYTES; b++) {
                word |= RssEntries.queue(config, i + b, queues) << shift + b * Byte.SIZE;
            }
            chip.write(RETA + i, word);
        }
    }
}
