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
 * The functions that the bus knows of. The result of a rescan is compared with these. Any thread.
 */
final class KnownFunctions {
    /**
     * A stay of a function in its slot: the inode of its directory, and when the kernel reported
     * it.
     */
    private record Stay(long inode, long addedNanos, boolean byRescan) {
    }

    /** The differences that a rescan found. */
    record Difference(List<PciAddress> vanished, List<PciAddress> appeared) {
    }

    private static final long NO_INODE = -1;

    private final Map<PciAddress, Stay> stays = new HashMap<>();

    /**
     * Notes that the kernel reported the function, with a directory of that inode.
     *
     * @return whether this is new; false if a rescan found the function before
     */
    synchronized boolean added(PciAddress address, OptionalLong inode) {
        Stay now = new Stay(inode.orElse(NO_INODE), System.nanoTime(), false);
        Stay before = stays.put(address, now);
        return before == null || !before.byRescan || before.inode != now.inode;
    }

    /** Notes that the kernel reported the removal of the function. */
    synchronized void removed(PciAddress address) {
        stays.remove(address);
    }

    /** Whether the kernel has reported the function within the last {@code period}. */
    synchronized boolean addedWithin(PciAddress address, Duration period) {
        Stay stay = stays.get(address);
        return stay != null && stay.addedNanos != 0
                && System.nanoTime() - stay.addedNanos < period.toNanos();
    }

    /** Notes the functions that were there before the bus started. */
    synchronized void start(List<FoundFunction> found) {
        found.forEach(f -> stays.putIfAbsent(f.address(), new Stay(f.inode(), 0, false)));
    }

    /** Notes the functions that a rescan found, and returns the differences. */
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
