// SPDX-License-Identifier: Apache-2.0
package io.hotbus.eal.mem;

import java.util.concurrent.locks.LockSupport;

/**
 * A stack of buffers of one pool in front of it, for one thread (a queue's). Most gets and puts
 * stay in it; the pool is asked for half a cache at a time. Source: DPDK {@code rte_mempool_cache}.
 */
public final class MempoolCache {
    /** Many time slices: on a busy machine a thread may have to wait for several others. */
    private static final long PATIENCE_NANOS = 1_000_000_000;
    private static final long LOOK_EVERY_NANOS = 100_000;

    private final Mempool pool;
    private final long[] stack;
    private int size;

    /** @param capacity buffers it may hold; at least twice the largest burst */
    public MempoolCache(Mempool pool, int capacity) {
        this.pool = pool;
        this.stack = new long[capacity];
    }

    /** The pool behind it. */
    public Mempool pool() {
        return pool;
    }

    /**
     * As {@link Mempool#get}, but at most the capacity, and the buffers may hold an old packet:
     * they are for a device to write.
     */
    public int get(long[] mbufs, int offset, int count) {
        if (size < count) {
            int wanted = Math.min(stack.length, Math.max(count, stack.length / 2));
            size += pool.get(stack, size, wanted - size);
        }
        int n = Math.min(size, count);
        size -= n;
        System.arraycopy(stack, size, mbufs, offset, n);
        return n;
    }

    /**
     * As {@link #get}, for a control thread: where there are fewer it looks again for a moment. A
     * thread that is interrupted by another in the middle of giving buffers back keeps all others
     * from those behind, until it runs again; on an lcore this is one burst without a buffer.
     */
    public int getPatiently(long[] mbufs, int offset, int count) {
        int got = get(mbufs, offset, count);
        long end = System.nanoTime() + PATIENCE_NANOS;
        while (got < count && System.nanoTime() - end < 0) {
            LockSupport.parkNanos(LOOK_EVERY_NANOS);
            got += get(mbufs, offset + got, count - got);
        }
        return got;
    }

    /** As {@link Mempool#put}. */
    public void put(long[] mbufs, int offset, int count) {
        if (count > stack.length - size) {
            int keep = Math.max(0, stack.length / 2 - count);
            if (size > keep) {
                pool.put(stack, keep, size - keep);
                size = keep;
            }
        }
        if (count > stack.length - size) {
            pool.put(mbufs, offset, count);
            return;
        }
        System.arraycopy(mbufs, offset, stack, size, count);
        size += count;
    }

    /** Gives all it holds back to the pool. */
    public void flush() {
        pool.put(stack, 0, size);
        size = 0;
    }
}
