// SPDX-License-Identifier: Apache-2.0
package io.hotbus.eal.mem;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.osgi.annotation.versioning.ProviderType;

/** All mempools of the process. A service of the core bundle; any thread. */
@ProviderType
public class Mempools {
    private final DmaAllocator allocator;
    private final List<Mempool> pools = new CopyOnWriteArrayList<>();
    private final MempoolCaches uncached = new MempoolCaches(this, "no lcore", 0);

    /** @param allocator where their memory comes from */
    public Mempools(DmaAllocator allocator) {
        this.allocator = allocator;
    }

    /**
     * Creates a mempool, which is listed here until it is closed.
     *
     * @param name     the name, for messages and for the memory in {@code /proc/self/maps}
     * @param capacity how many buffers
     * @param dataRoom bytes for packet data in each, headroom not counted
     * @param numaNode where its memory shall be, as in {@link DmaAllocator#allocate}
     * @throws IOException there is too little memory or Java heap; the message says how much is
     *     needed
     */
    public Mempool create(String name, int capacity, int dataRoom, int numaNode)
            throws IOException {
        Mempool pool = new Mempool(name, capacity, dataRoom, numaNode, allocator, this);
        pools.add(pool);
        return pool;
    }

    /** Does {@link #create(String, int, int, int)} with memory of any NUMA node. */
    public Mempool create(String name, int capacity, int dataRoom) throws IOException {
        return create(name, capacity, dataRoom, DmaAllocator.ANY_NODE);
    }

    void forget(Mempool closed) {
        pools.remove(closed);
    }

    /** The mempools that are not closed. */
    public List<Mempool> pools() {
        return List.copyOf(pools);
    }

    /**
     * The pool that {@code mbuf} belongs to.
     *
     * @throws IllegalArgumentException there is none
     */
    public Mempool poolOf(long mbuf) {
        return pools.stream().filter(pool -> pool.contains(mbuf)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "0x%x is a buffer of no mempool there is".formatted(mbuf)));
    }

    /**
     * Creates the caches of a thread that polls queues. The thread closes them when it ends.
     *
     * @param holder the thread's name, as {@link Mempool#holders} shows it
     */
    public MempoolCaches caches(String holder) {
        return caches(holder, MempoolCaches.DEFAULT_CAPACITY);
    }

    /**
     * Does {@link #caches(String)} with another capacity.
     *
     * @param capacity buffers of each pool that it caches: at least twice the largest burst
     */
    public MempoolCaches caches(String holder, int capacity) {
        return new MempoolCaches(this, holder, capacity);
    }

    /**
     * Caches of capacity 0, for threads other than lcores that poll a queue now and then. Each
     * buffer comes from its pool and goes back there at once. Any thread, several at once.
     */
    public MempoolCaches uncached() {
        return uncached;
    }
}
