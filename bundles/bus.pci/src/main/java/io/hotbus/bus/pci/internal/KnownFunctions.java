// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.pci.internal;

import io.hotbus.bus.pci.PciAddress;
import io.hotbus.bus.pci.internal.sysfs.FoundFunction;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * The functions that the bus has been told of: what a rescan finds is compared with these. Any
 * thread.
 */
final class KnownFunctions {
    /** A stay of a function in its slot: the inode of its directory, and when it was told of. */
    private record Stay(long inode, long addedNanos, boolean byRescan) {
    }

    /** What a rescan found to be different. */
    record Difference(List<PciAddress> vanished, List<PciAddress> appeared) {
    }

    private static final long NO_INODE = -1;

    private final Map<PciAddress, Stay> stays = new HashMap<>();

    /**
     * The kernel says that it is there, in a directory of that inode.
     *
     * @return whether that is news: false where a rescan was faster
     */
    synchronized boolean added(PciAddress address, OptionalLong inode) {
        Stay now = new Stay(inode.orElse(NO_INODE), System.nanoTime(), false);
        Stay before = stays.put(address, now);
        return before == null || !before.byRescan || before.inode != now.inode;
    }

    /** The kernel says that it went. */
    synchronized void removed(PciAddress address) {
        stays.remove(address);
    }

    /** Whether the kernel has told of it within the last {@code period}. */
    synchronized boolean addedWithin(PciAddress address, Duration period) {
        Stay stay = stays.get(address);
        return stay != null && stay.addedNanos != 0
                && System.nanoTime() - stay.addedNanos < period.toNanos();
    }

    /** These are there, and have been for long. */
    synchronized void start(List<FoundFunction> found) {
        found.forEach(f -> stays.putIfAbsent(f.address(), new Stay(f.inode(), 0, false)));
    }

    /** These are there now, and no others. */
    synchronized Difference rescanned(List<FoundFunction> found) {
        Map<PciAddress, Stay> vanished = new TreeMap<>(stays);
        List<PciAddress> appeared = new ArrayList<>();
        for (FoundFunction function : found) {
            Stay before = stays.get(function.address());
            if (before != null && before.inode == function.inode()) {
                vanished.remove(function.address());
            } else {
                appeared.add(function.address());
                stays.put(function.address(),
                        new Stay(function.inode(), System.nanoTime(), true));
            }
        }
        vanished.forEach(stays::remove);
        return new Difference(List.copyOf(vanished.keySet()), appeared);
    }
}
