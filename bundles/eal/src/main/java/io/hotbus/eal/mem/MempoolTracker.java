// SPDX-License-Identifier: Apache-2.0
package io.hotbus.eal.mem;

import java.util.Map;
import java.util.TreeMap;

/**
 * Tracks the holder of each buffer of a pool in debug runs. Any thread: a buffer belongs to one
 * thread at a time, and if two threads claim it, one of them gets an exception.
 */
final class MempoolTracker {
    private static final int LINE_SHIFT = 6;
    private static final String FREE = "";

    private final String pool;
    private final long address;
    /** The holder by the first cache line of the buffer; null if no buffer begins there. */
    private final String[] holders;
    /** The thread or queue that gave a free buffer back, by the same index. */
    private final String[] givers;

    MempoolTracker(String pool, long address, long length) {
        this.pool = pool;
        this.address = address;
        this.holders = new String[Math.toIntExact(length >> LINE_SHIFT)];
        this.givers = new String[holders.length];
    }

    /** Adds a free buffer that begins at {@code mbuf}. */
    void add(long mbuf) {
        holders[(int) (mbuf - address >> LINE_SHIFT)] = FREE;
    }

    void taken(long[] mbufs, int offset, int count, String holder) {
        for (int i = offset; i < offset + count; i++) {
            holders[require(mbufs[i], holder)] = holder;
        }
    }

    void givenBack(long[] mbufs, int offset, int count, String by) {
        for (int i = offset; i < offset + count; i++) {
            int index = require(mbufs[i], by);
            if (holders[index].equals(FREE)) {
                throw new IllegalStateException(
                        "mempool %s: buffer 0x%x is given back twice: by %s, and before that by %s"
                                .formatted(pool, mbufs[i], by, givers[index]));
            }
            holders[index] = FREE;
            givers[index] = by;
        }
    }

    private int require(long mbuf, String by) {
        long line = mbuf - address >> LINE_SHIFT;
        if (line < 0 || line >= holders.length || address + (line << LINE_SHIFT) != mbuf
                || holders[(int) line] == null) {
            throw new IllegalStateException("mempool %s: 0x%x, which %s has, is no buffer of it"
                    .formatted(pool, mbuf, by));
        }
        return (int) line;
    }

    Map<String, Integer> holders() {
        Map<String, Integer> counts = new TreeMap<>();
        for (String holder : holders) {
            if (holder != null && !holder.equals(FREE)) {
                counts.merge(holder, 1, Integer::sum);
            }
        }
        return counts;
    }
}
