// SPDX-License-Identifier: Apache-2.0
package io.hotbus.eal.mem;

import io.hotbus.eal.ring.MpmcRing;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A fixed number of packet buffers of one size.
 *
 * <p>Any thread; {@link #get} and {@link #put} never lock or allocate. A queue has a
 * {@link MempoolCache} in front of it for speed. Source: DPDK {@code rte_pktmbuf_pool_create}.
 */
public final class Mempool implements AutoCloseable {
    /** Bytes for packet data where nothing else is asked for. */
    public static final int DEFAULT_DATA_ROOM = 2048;
    private static final int FILL_BATCH = 512;
    private static final int LINE = 64;
    private static final int SMALLEST_PAGE = 4096;
    private static final int LARGE_PAGE = 2 << 20;

    private final String name;
    private final int capacity;
    private final int dataRoom;
    private final DmaMemory memory;
    private final MpmcRing free;
    private final AtomicInteger reserved = new AtomicInteger();

    /**
     * @param capacity how many buffers
     * @param dataRoom bytes for packet data in each, headroom not counted
     * @throws IOException the memory or the Java heap cannot be had, and how much is needed
     */
    public Mempool(String name, int capacity, int dataRoom, DmaAllocator allocator)
            throws IOException {
        if (capacity < 1 || capacity > 1 << 27 || dataRoom < 64 || dataRoom > 1 << 16) {
            throw new IllegalArgumentException("mempool %s: %s buffers of %s bytes"
                    .formatted(name, capacity, dataRoom));
        }
        this.name = name;
        this.capacity = capacity;
        this.dataRoom = dataRoom;
        int size = elementSize(dataRoom);
        // Twice the buffers: a consumer preempted inside a poll can hold up a producer only after
        // the producers have gone all the way round.
        int slots = Integer.highestOneBit(capacity) << 2;
        free = JavaHeap.make("mempool " + name, (long) slots * MpmcRing.SLOT_BYTES,
                () -> new MpmcRing(slots));
        memory = allocator.allocate("mempool " + name, footprint(capacity, size));
        carve(size);
    }

    private static int elementSize(int dataRoom) {
        return (Mbuf.HEADER + Mbuf.HEADROOM + dataRoom + LINE - 1) & -LINE;
    }

    /** Bytes that hold all buffers, whatever the page size turns out to be. */
    private static long footprint(int capacity, int size) {
        long page = size > SMALLEST_PAGE ? LARGE_PAGE : SMALLEST_PAGE;
        long perPage = page / size;
        return (capacity + perPage - 1) / perPage * page;
    }

    /**
     * A buffer never straddles a page it fits in, so that it is contiguous for the device, too. The
     * room left over in a page is put before its first buffer, a cache line more in each page:
     * headers a whole page apart would all compete for the same few lines of the cache.
     */
    private void carve(int size) {
        long page = memory.pageSize();
        long perPage = Math.max(1, page / size);
        long offsets = Math.max(0, page - perPage * size) + LINE;
        long[] batch = new long[FILL_BATCH];
        int n = 0;
        for (int i = 0; i < capacity; i++) {
            long pageIndex = i / perPage;
            long mbuf = memory.address() + (size > page ? (long) i * size
                    : pageIndex * page + pageIndex * LINE % offsets + i % perPage * size);
            Mbuf.initialise(mbuf, memory.iova(mbuf));
            batch[n++] = mbuf;
            if (n == FILL_BATCH || i == capacity - 1) {
                put(batch, 0, n);
                n = 0;
            }
        }
    }

    /** For words, and for the memory's name in {@code /proc/self/maps}. */
    public String name() {
        return name;
    }

    /** How many buffers there are in all. */
    public int capacity() {
        return capacity;
    }

    /** How many are free now; those in caches and queues are not. */
    public int available() {
        return free.size();
    }

    /** Bytes for packet data in each buffer, headroom not counted. */
    public int dataRoom() {
        return dataRoom;
    }

    /** The memory all buffers lie in, for those who map it for a device. */
    public DmaMemory memory() {
        return memory;
    }

    /**
     * Promises {@code count} buffers to one who may come to hold as many, in queues and caches. Of
     * those who ask first none can starve for want of buffers that later ones hold.
     *
     * @return whether so many were left to be promised; if not, none are
     */
    public boolean reserve(int count) {
        int before = reserved.getAndUpdate(now -> now + count <= capacity ? now + count : now);
        return before + count <= capacity;
    }

    /** Takes back a promise of {@code count} buffers, which are in the pool again. */
    public void unreserve(int count) {
        reserved.addAndGet(-count);
    }

    /** How many buffers are promised. */
    public int reserved() {
        return reserved.get();
    }

    /** Takes up to {@code count} empty buffers into {@code mbufs} from {@code offset}. */
    public int get(long[] mbufs, int offset, int count) {
        int n = free.poll(mbufs, offset, count);
        for (int i = 0; i < n; i++) {
            Mbuf.reset(mbufs[offset + i]);
        }
        return n;
    }

    /** Gives buffers of this pool back, each of them once. */
    public void put(long[] mbufs, int offset, int count) {
        for (int done = 0; done < count; ) {
            done += free.offer(mbufs, offset + done, count - done);
        }
    }

    /** Frees the memory; no buffer is in use any more. Idempotent. */
    @Override
    public void close() {
        memory.close();
    }
}
