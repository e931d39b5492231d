// SPDX-License-Identifier: Apache-2.0
package io.hotbus.eal.mem;

import java.util.Arrays;

/**
 * The mempool caches of one thread: a {@link MempoolCache} for each pool that it uses. All code
 * that the thread runs takes buffers from them and gives them back to them.
 *
 * <p>An lcore has one object while it runs, and gives its buffers back to the pools when it is
 * idle. Another thread that polls a queue creates its own and closes it, or uses {@link
 * Mempools#uncached}. One thread at a time. Source: DPDK, which has a {@code rte_mempool_cache} for
 * each lcore and pool.
 */
public final class MempoolCaches implements AutoCloseable {
    /** Buffers of each pool that an lcore caches: several bursts. */
    public static final int DEFAULT_CAPACITY = 512;

    private final Mempools mempools;
    private final int capacity;
    private final long[] one = new long[1];
    private MempoolCache[] caches = {};
    private String holder;

    /** For {@link Mempools#caches}, which describes the arguments. */
    MempoolCaches(Mempools mempools, String holder, int capacity) {
        this.mempools = mempools;
        this.holder = holder;
        this.capacity = capacity;
    }

    /** The cache of {@code pool}. */
    public MempoolCache of(Mempool pool) {
        MempoolCache[] all = caches;
        for (int i = 0; i < all.length; i++) {
            if (all[i].pool() == pool) {
                return all[i];
            }
        }
        return add(pool);
    }

    private synchronized MempoolCache add(Mempool pool) {
        forgetClosed();
        MempoolCache added = new MempoolCache(this, pool, capacity);
        pool.attach(added);
        caches = Arrays.copyOf(caches, caches.length + 1);
        caches[caches.length - 1] = added;
        return added;
    }

    private synchronized void forgetClosed() {
        caches = Arrays.stream(caches).filter(cache -> mempools.pools().contains(cache.pool()))
                .toArray(MempoolCache[]::new);
    }

    /**
     * Gives buffers back, each exactly once and to the pool that it belongs to.
     *
     * @throws IllegalArgumentException a buffer belongs to no pool
     * @throws IllegalStateException in debug runs: a buffer is free already
     */
    public void put(long[] mbufs, int offset, int count) {
        MempoolCache[] all = caches;
        for (int i = 0; i < all.length; i++) {
            if (all[i].pool().containsAll(mbufs, offset, count)) {
                all[i].put(mbufs, offset, count);
                return;
            }
        }
        for (int i = offset; i < offset + count; i++) {
            of(poolOf(mbufs[i])).put(mbufs, i, 1);
        }
    }

    /**
     * Gives packets back: one reference of each segment, and with the last reference the buffer.
     * DPDK: {@code rte_pktmbuf_free_bulk}.
     *
     * @throws IllegalArgumentException a buffer belongs to no pool
     * @throws IllegalStateException in debug runs: a buffer is free already
     */
    public void free(long[] packets, int offset, int count) {
        MempoolCache[] all = caches;
        for (int i = 0; i < all.length; i++) {
            if (all[i].pool().containsAllPlain(packets, offset, count)) {
                all[i].put(packets, offset, count);
                return;
            }
        }
        for (int i = offset; i < offset + count; i++) {
            freeSegments(packets[i]);
        }
    }

    private void freeSegments(long packet) {
        long segment = packet;
        for (int i = Mbuf.segments(packet); i > 0; i--) {
            // Another thread may own the buffer once it is given back.
            long next = Mbuf.next(segment);
            freeSegment(segment);
            segment = next;
        }
    }

    /** Gives back one reference of a buffer, and with the last reference the buffer. */
    public void freeSegment(long mbuf) {
        if (Mbuf.release(mbuf)) {
            // Several threads may share an object without a cache.
            long[] single = capacity == 0 ? new long[1] : one;
            single[0] = mbuf;
            put(single, 0, 1);
        }
    }

    private Mempool poolOf(long mbuf) {
        for (int i = 0; i < caches.length; i++) {
            if (caches[i].pool().contains(mbuf)) {
                return caches[i].pool();
            }
        }
        return mempools.poolOf(mbuf);
    }

    /** Gives all cached buffers back to their pools, for other threads. */
    public void flush() {
        for (int i = 0; i < caches.length; i++) {
            caches[i].flush();
        }
        forgetClosed();
    }

    /** The present holder of buffers that are taken, for {@link Mempool#holders}. */
    public String holder() {
        return holder;
    }

    /** Sets the holder of buffers that are taken from now on. */
    public void holder(String holder) {
        this.holder = holder;
    }

    /** In debug runs: notes that {@code holder} holds these packets. Otherwise does nothing. */
    public void hold(String holder, long[] packets, int offset, int count) {
        if (Mempool.DEBUG) {
            for (int i = offset; i < offset + count; i++) {
                long segment = packets[i];
                for (int left = Mbuf.segments(packets[i]); left > 0; left--) {
                    poolOf(segment).hold(holder, new long[] {segment}, 0, 1);
                    segment = Mbuf.next(segment);
                }
            }
        }
    }

    /** Does {@link #flush}. No buffer may be taken afterwards. Idempotent. */
    @Override
    public void close() {
        flush();
        for (MempoolCache cache : caches) {
            cache.pool().detach(cache);
        }
        caches = new MempoolCache[0];
    }
}
