// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testkit;

import io.hotbus.core.mem.DmaMappers;
import io.hotbus.core.mem.HugepageAllocator;
import io.hotbus.core.settings.CoreSettings;
import io.hotbus.eal.mem.DmaAllocator;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.eal.mem.Mempools;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Creates the pools of a test and closes them together. One thread. */
public final class TestPools implements AutoCloseable {
    private final DmaAllocator allocator;
    private final Mempools mempools;
    private final List<Mempool> pools = new ArrayList<>();

    /** Takes memory from {@code allocator}. */
    public TestPools(DmaAllocator allocator) {
        this.allocator = allocator;
        mempools = new Mempools(allocator);
    }

    /** Takes memory like the product: hugepages if there are any, otherwise ordinary pages. */
    public static TestPools real() {
        return with(Map.of());
    }

    /** Does {@link #real} with settings of {@code io.hotbus.core}. */
    public static TestPools with(Map<String, Object> configuration) {
        final CoreSettings settings = new CoreSettings(configuration);
        return new TestPools(new HugepageAllocator(
                TestOs.linux(), new DmaMappers(settings), settings));
    }

    /** Where the memory of the pools comes from. */
    public DmaAllocator allocator() {
        return allocator;
    }

    /** Creates a pool of {@code buffers} buffers of the default size. */
    public Mempool pool(int buffers) throws IOException {
        return pool(buffers, Mempool.DEFAULT_DATA_ROOM);
    }

    /** Creates a pool of {@code buffers} buffers with room for {@code dataRoom} bytes each. */
    public Mempool pool(int buffers, int dataRoom) throws IOException {
        final Mempool pool = mempools.create("test", buffers, dataRoom);
        pools.add(pool);
        return pool;
    }

    /** The number of pools. */
    public int count() {
        return pools.size();
    }

    /** Closes the pools. The users of the pools must be closed before. */
    @Override
    public void close() {
        pools.forEach(Mempool::close);
    }
}
