// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.virtio_user;

import io.hotbus.eal.bus.Device;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.mem.DmaAllocator;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.net.virtio_user.VhostMessage.Region;
import io.hotbus.pmd.DmaRing;
import io.hotbus.pmd.virtio.VirtioGround;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;

/** The back end reaches what it was told at the start: the queues, and the pools of the port. */
final class SharedGround implements VirtioGround {
    private final Device device;
    private final RingArena arena;
    private final long features;
    /** The pools, as addresses and lengths by turns. */
    private long[] pools = {};
    /** Whether a back end is connected. */
    private volatile boolean connected;

    SharedGround(Device device, RingArena arena, long features) {
        this.device = device;
        this.arena = arena;
        this.features = features;
    }

    @Override
    public String device() {
        return device.name();
    }

    @Override
    public long features() {
        return features;
    }

    @Override
    public boolean isCut() {
        return !connected || device.isGone();
    }

    /** Lets the queues work, or not. Any thread. */
    void setConnected(boolean next) {
        connected = next;
    }

    @Override
    public boolean takesVirtualAddresses() {
        return true;
    }

    @Override
    public boolean reaches(long mbuf) {
        long[] known = pools;
        for (int i = 0; i < known.length; i += 2) {
            if (Long.compareUnsigned(mbuf - known[i], known[i + 1]) < 0) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void requireBuffers(Mempool pool, String label) throws DeviceException {
        if (pool.memory().fd() < 0) {
            throw new DeviceException(label + ": "
                    + RingArena.whyNotShared("the buffers of mempool " + pool.name() + " lie"));
        }
    }

    @Override
    public DmaRing allocate(String label, int descriptors, int bytesOfEach)
            throws DeviceException {
        return DmaRing.allocate(arena, label, new DmaRing.Layout(descriptors, bytesOfEach),
                DmaAllocator.ANY_NODE, memory -> { });
    }

    /**
     * Sets the pools that the back end is told. Control thread; no thread is in a burst.
     *
     * @return the memory that the back end is to map
     * @throws DeviceException that is more than it can map
     */
    List<Region> share(List<Mempool> used) throws DeviceException {
        Set<Region> regions = new LinkedHashSet<>(List.of(arena.region()));
        for (Mempool pool : used) {
            regions.add(new Region(pool.memory().address(), pool.memory().length(),
                    pool.memory().fd()));
        }
        if (regions.size() > VhostMessage.MOST_REGIONS) {
            throw new DeviceException("%s: its queues use %s mempools, and %s are possible"
                    .formatted(device, regions.size() - 1, VhostMessage.MOST_REGIONS - 1));
        }
        pools = regions.stream().skip(1)
                .flatMapToLong(region -> LongStream.of(
                        region.address(), region.length())).toArray();
        return List.copyOf(regions);
    }
}
