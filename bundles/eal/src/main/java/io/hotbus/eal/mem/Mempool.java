// SPDX-License-Identifier: Apache-2.0
package io.hotbus.eal.mem;

import io.hotbus.eal.ring.MpmcRing;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * A fixed number of packet buffers of one size.
 *
 * <p>Any thread; {@link #get} and {@link #put} never lock or allocate. Threads that poll queues use
 * {@link MempoolCaches} in front of it, for speed. Source: DPDK {@code rte_mempool}, {@code
 * rte_pktmbuf_pool_create}.
 */
public final class Mempool implements AutoCloseable {
    /** The default bytes for packet data. */
    public static final int DEFAULT_DATA_ROOM = 2048;
    /**
     * Whether buffers are tracked: assertions are enabled for this class, or the system property
     * {@code hotbus.mempool.debug} is {@code true}. A buffer that is given back twice, or to
     * another pool, is then detected, and {@link #holders} names the holders of all buffers.
     */
    public static final boolean DEBUG = Mempool.class.desiredAssertionStatus()
            || Boolean.getBoolean("hotbus.mempool.debug");

    private static final int FILL_BATCH = 512;
    /** Many time slices: on a busy machine a thread may have to wait for several others. */
    private static final long PATIENCE_NANOS = 1_000_000_000;
    private static final long LOOK_EVERY_NANOS = 100_000;
    private static final int LINE = 64;
    private static final int SMALLEST_PAGE = 4096;
    private static final int LARGE_PAGE = 2 << 20;

    private final String name;
    private final int capacity;
    private final int dataRoom;
    private final DmaMemory memory;
    private final MpmcRing free;
    private final AtomicInteger reserved = new AtomicInteger();
    private final List<MempoolCache> caches = new CopyOnWriteArrayList<>();
    private final Mempools mempools;
    private final long address;
    /** Bytes; 0 once it is closed. */
    private long length;
    /** Null if buffers are not tracked. */
    private final MempoolTracker tracker;

    /** For {@link Mempools#create}, which describes the arguments. */
    Mempool(String name, int capacity, int dataRoom, int numaNode, DmaAllocator allocator,
            Mempools mempools) throws IOException {
        if (capacity < 1 || capacity > 1 << 27 || dataRoom < 64 || dataRoom > 1 << 16) {
            throw new IllegalArgumentException("mempool %s: %s buffers of %s bytes"
                    .formatted(name, capacity, dataRoom));
        }
        this.name = name;
        this.capacity = capacity;
        this.dataRoom = dataRoom;
        this.mempools = mempools;
        int size = elementSize(dataRoom);
        // Twice the buffers: a consumer preempted inside a poll can hold up a producer only after
        // the producers have gone all the way round.
        int slots = Integer.highestOneBit(capacity) << 2;
        free = JavaHeap.make("mempool " + name, (long) slots * MpmcRing.SLOT_BYTES,
                () -> new MpmcRing(slots));
        memory = allocator.allocate("mempool " + name, footprint(capacity, size), numaNode);
        address = memory.address();
        length = memory.length();
        tracker = DEBUG ? new MempoolTracker(name, address, length) : null;
        carve(size);
    }

    private static int elementSize(int dataRoom) {
        return (Mbuf.HEADER + Mbuf.HEADROOM + dataRoom + LINE - 1) & -LINE;
    }

    /** The bytes that hold all buffers for any page size. */
    private static long footprint(int capacity, int size) {
        long page = size > SMALLEST_PAGE ? LARGE_PAGE : SMALLEST_PAGE;
        long perPage = page / size;
        return (capacity + perPage - 1) / perPage * page;
    }

    /**
     * Divides the memory into buffers. A buffer that fits in a page never crosses its end, so it is
     * contiguous for the device, too. The unused room of a page is used to shift its first buffer,
     * by one more cache line in each page: headers exactly a page apart would compete for the same
     * few cache lines.
     */
    private void carve(int size) {
        long page = memory.pageSize();
        long perPage = Math.max(1, page / size);
        long offsets = Math.max(0, page - perPage * size) + LINE;
        long[] batch = new long[FILL_BATCH];
        int n = 0;
        for (int i = 0; i < capacity; i++) {
            long pageIndex = i / perPage;
            long mbuf = address + (size > page ? (long) i * size
                    : pageIndex * page + pageIndex * LINE % offsets + i % perPage * size);
            Mbuf.initialise(mbuf, memory.iova(mbuf));
            if (DEBUG) {
                tracker.add(mbuf);
            }
            batch[n++] = mbuf;
            if (n == FILL_BATCH || i == capacity - 1) {
                offer(batch, 0, n);
                n = 0;
            }
        }
    }

    /** The name, for messages and for the memory in {@code /proc/self/maps}. */
    public String name() {
        return name;
    }

    /** The mempools that this pool belongs to. */
    public Mempools mempools() {
        return mempools;
    }

    /** How many buffers there are in all. */
    public int capacity() {
        return capacity;
    }

    /** How many buffers are free now, including those in caches. */
    public int available() {
        int cached = 0;
        for (MempoolCache cache : caches) {
            cached += cache.size();
        }
        return free.size() + cached;
    }

    /** Whether {@code mbuf} is a buffer of this pool, judged by its address. */
    public boolean contains(long mbuf) {
        return Long.compareUnsigned(mbuf - address, length) < 0;
    }

    /** Whether all {@code count} buffers from {@code offset} on are of this pool. */
    boolean containsAll(long[] mbufs, int offset, int count) {
        long base = address;
        long last = length - 1;
        long outside = last;
        for (int i = offset; i < offset + count; i++) {
            long at = mbufs[i] - base;
            outside |= at | last - at; // the sign of either says that it is outside
        }
        return outside >= 0;
    }

    /**
     * Whether {@link #containsAll} holds and each is a packet of one segment with one reference.
     */
    boolean containsAllPlain(long[] mbufs, int offset, int count) {
        long base = address;
        long last = length - 1;
        long outside = last;
        boolean plain = true;
        for (int i = offset; i < offset + count; i++) {
            long at = mbufs[i] - base;
            outside |= at | last - at;
            plain &= Mbuf.isPlain(mbufs[i]);
        }
        return outside >= 0 && plain;
    }

    /** Bytes for packet data in each buffer, headroom not counted. */
    public int dataRoom() {
        return dataRoom;
    }

    /** The memory of all buffers, for mapping it for a device. */
    public DmaMemory memory() {
        return memory;
    }

    /**
     * Reserves {@code count} buffers for a caller that may hold that many in queues and caches. So
     * a caller with a reservation cannot run out of buffers because later callers hold them.
     *
     * @return whether that many buffers were not reserved yet; if false, none are reserved
     */
    public boolean reserve(int count) {
        int before = reserved.getAndUpdate(now -> now + count <= capacity ? now + count : now);
        return before + count <= capacity;
    }

    /** Ends a reservation of {@code count} buffers, which are in the pool again. */
    public void unreserve(int count) {
        reserved.addAndGet(-count);
    }

    /** How many buffers are reserved. */
    public int reserved() {
        return reserved.get();
    }

    /** Takes up to {@code count} empty buffers into {@code mbufs} from {@code offset}. */
    public int get(long[] mbufs, int offset, int count) {
        int n = poll(mbufs, offset, count);
        for (int i = 0; i < n; i++) {
            Mbuf.reset(mbufs[offset + i]);
        }
        if (DEBUG) {
            tracker.taken(mbufs, offset, n, Thread.currentThread().getName());
        }
        return n;
    }

    /**
     * Does {@link #get} for a control thread that needs all of them: if there are fewer, it retries
     * for a moment. A thread that is preempted while it gives buffers back hides the later ones
     * from other threads until it runs again. An lcore then has one burst without a buffer.
     *
     * @param holder the name of the new holder, for {@link #holders}
     */
    public int getPatiently(String holder, long[] mbufs, int offset, int count) {
        int got = get(mbufs, offset, count);
        long end = System.nanoTime() + PATIENCE_NANOS;
        while (got < count && System.nanoTime() - end < 0) {
            LockSupport.parkNanos(LOOK_EVERY_NANOS);
            got += get(mbufs, offset + got, count - got);
        }
        hold(holder, mbufs, offset, got);
        return got;
    }

    /**
     * Gives buffers back, each exactly once: to this pool, or to the pool that the buffer belongs
     * to.
     *
     * @throws IllegalArgumentException a buffer belongs to no pool
     * @throws IllegalStateException    in debug runs: a buffer is free already
     */
    public void put(long[] mbufs, int offset, int count) {
        if (containsAll(mbufs, offset, count)) {
            putOwn(mbufs, offset, count);
        } else {
            for (int i = offset; i < offset + count; i++) {
                mempools.poolOf(mbufs[i]).putOwn(mbufs, i, 1);
            }
        }
    }

    private void putOwn(long[] mbufs, int offset, int count) {
        if (DEBUG) {
            tracker.givenBack(mbufs, offset, count, Thread.currentThread().getName());
        }
        offer(mbufs, offset, count);
    }

    /** Does {@link #get} without resetting and tracking the buffers. */
    int poll(long[] mbufs, int offset, int count) {
        return free.poll(mbufs, offset, count);
    }

    /** Does {@link #put} without tracking the buffers. */
    void offer(long[] mbufs, int offset, int count) {
        for (int done = 0; done < count; ) {
            done += free.offer(mbufs, offset + done, count - done);
        }
    }

    /** In debug runs: notes that {@code holder} holds these buffers. Otherwise does nothing. */
    public void hold(String holder, long[] mbufs, int offset, int count) {
        if (DEBUG) {
            tracker.taken(mbufs, offset, count, holder);
        }
    }

    /** In debug runs: how many buffers each holder has, by its name. Otherwise empty. */
    public Map<String, Integer> holders() {
        return DEBUG ? tracker.holders() : Map.of();
    }

    MempoolTracker tracker() {
        return tracker;
    }

    void attach(MempoolCache cache) {
        caches.add(cache);
    }

    void detach(MempoolCache cache) {
        caches.remove(cache);
    }

    /** Frees the memory; no buffer is in use any more. Idempotent. */
    @Override
    public void close() {
        length = 0;
        mempools.forget(this);
        memory.close();
    }

    @Override
    public String toString() {
        return "mempool " + name;
    }
}
