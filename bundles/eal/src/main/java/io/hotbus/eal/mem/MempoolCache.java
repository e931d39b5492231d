// SPDX-License-Identifier: Apache-2.0
package io.hotbus.eal.mem;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * A stack of free buffers in front of one pool, for one thread. The buffer that was given back
 * last, which is still in the CPU's cache, is taken first. Most gets and puts do not reach the
 * pool; the others move half a cache at a time. Created by {@link MempoolCaches#of}. One thread at
 * a time. Source: DPDK {@code rte_mempool_cache}.
 */
public final class MempoolCache {
    private static final VarHandle SIZE;
    private static final int FEW = 4;

    static {
        try {
            SIZE = MethodHandles.lookup().findVarHandle(MempoolCache.class, "size", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final MempoolCaches owner;
    private final Mempool pool;
    private final long[] stack;
    /** Written by the owner's thread alone; any thread may read it. */
    private int size;

    /** @param capacity buffers it may hold; 0: each goes to the pool at once */
    MempoolCache(MempoolCaches owner, Mempool pool, int capacity) {
        this.owner = owner;
        this.pool = pool;
        this.stack = new long[capacity];
    }

    /** The pool behind it. */
    public Mempool pool() {
        return pool;
    }

    /** How many buffers it holds, as of some moment during the call. Any thread. */
    int size() {
        return (int) SIZE.getOpaque(this);
    }

    /**
     * Takes up to {@code count} buffers into {@code mbufs} from {@code offset}. They may contain an
     * old packet: let a device write them, or {@link Mbuf#reset reset} them.
     */
    public int get(long[] mbufs, int offset, int count) {
        int n = count;
        if (size < count) {
            n = getWithPool(mbufs, offset, count);
        } else {
            size -= count;
            copy(stack, size, mbufs, offset, count);
        }
        if (Mempool.DEBUG) {
            pool.tracker().taken(mbufs, offset, n, owner.holder());
        }
        return n;
    }

    /**
     * Fills the cache from the pool up to half, or up to {@code count}, as far as the pool has
     * buffers.
     */
    private int getWithPool(long[] mbufs, int offset, int count) {
        int wanted = Math.min(stack.length, Math.max(count, stack.length / 2));
        size += pool.poll(stack, size, wanted - size);
        int n = Math.min(size, count);
        size -= n;
        System.arraycopy(stack, size, mbufs, offset, n);
        return n == count ? n : n + pool.poll(mbufs, offset + n, count - n);
    }

    /**
     * Gives buffers of this pool back, each exactly once.
     *
     * @throws IllegalStateException in debug runs: a buffer is free already or belongs to another
     *     pool
     */
    public void put(long[] mbufs, int offset, int count) {
        if (Mempool.DEBUG) {
            pool.tracker().givenBack(mbufs, offset, count, owner.holder());
        }
        if (count > stack.length - size) {
            makeRoom(count);
        }
        if (count <= stack.length - size) {
            copy(mbufs, offset, stack, size, count);
            size += count;
        } else {
            pool.offer(mbufs, offset, count);
        }
    }

    /** Copies buffers. For a few of them, a call of arraycopy costs more than a loop. */
    private static void copy(long[] from, int fromIndex, long[] to, int toIndex, int count) {
        if (count > FEW) {
            System.arraycopy(from, fromIndex, to, toIndex, count);
            return;
        }
        for (int i = 0; i < count; i++) {
            to[toIndex + i] = from[fromIndex + i];
        }
    }

    /** Gives the oldest buffers to the pool, so that the cache will be half full. */
    private void makeRoom(int count) {
        int keep = Math.max(0, Math.min(size, stack.length / 2 - count));
        pool.offer(stack, 0, size - keep);
        System.arraycopy(stack, size - keep, stack, 0, keep);
        size = keep;
    }

    /** Gives all buffers back to the pool. */
    void flush() {
        pool.offer(stack, 0, size);
        size = 0;
    }
}
