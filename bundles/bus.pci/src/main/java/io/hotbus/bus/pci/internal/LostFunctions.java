// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.pci.internal;

import io.hotbus.bus.pci.KernelDriver;
import io.hotbus.bus.pci.PciAddress;
import io.hotbus.bus.pci.internal.sysfs.SysfsPci;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * Functions that were attached, counted as removed, and are not attached again. If such a function
 * is there after all, no uevent may report it, so an event is published for it: after the second
 * look that finds it, then less and less often. Any thread; no method waits for the kernel.
 */
final class LostFunctions {
    /** The most looks between two events for a function. The number doubles: 1, 2, 4 ... */
    private static final int MOST_LOOKS = 16;

    /** A lost function. Like the map, guarded by the {@link LostFunctions}. */
    private static final class Lost {
        /** The inode of the stay in which it was lost. */
        private final long inode;
        private final Optional<String> driver;
        /** The inode of the stay that was seen last. */
        private OptionalLong seen = OptionalLong.empty();
        private int looks;
        private int due;

        Lost(long inode, Optional<String> driver) {
            this.inode = inode;
            this.driver = driver;
        }

        /** Whether to publish an event at this look. Starts again with each stay. */
        boolean isToBeTold(OptionalLong now) {
            if (!now.equals(seen)) {
                seen = now;
                looks = 0;
                due = 1;
                return false;
            }
            if (now.isEmpty() || ++looks < due) {
                return false;
            }
            looks = 0;
            due = Math.min(MOST_LOOKS, due * 2);
            return true;
        }
    }

    private final SysfsPci sysfs;
    private final Map<PciAddress, Lost> lost = new TreeMap<>();

    LostFunctions(SysfsPci sysfs) {
        this.sysfs = sysfs;
    }

    /** Notes that {@code device} has a driver and is not lost. */
    synchronized void attached(LivePciDevice device) {
        lost.remove(device.function().address());
    }

    /**
     * Notes that {@code device} is closed. It is lost if it counts as removed; otherwise it was
     * detached.
     */
    synchronized void closed(LivePciDevice device) {
        KernelDriver driver = device.openedThrough();
        if (device.isGone() && driver != null) {
            lost.put(device.function().address(), new Lost(device.found().inode(), driver.bound()));
        }
    }

    /** Looks at each function, and returns the functions to publish an event for. */
    synchronized List<PciAddress> look() {
        List<PciAddress> there = new ArrayList<>();
        lost.forEach((address, function) -> {
            if (function.isToBeTold(ready(address, function))) {
                there.add(address);
            }
        });
        return there;
    }

    /**
     * Returns the inode of a function that can be attached. Within the stay in which it was lost
     * the function must have the kernel driver that it had: an operator may have unbound that
     * driver.
     */
    private OptionalLong ready(PciAddress address, Lost function) {
        OptionalLong inode = sysfs.inode(address);
        if (inode.isEmpty()) {
            return inode;
        }
        Optional<String> driver = sysfs.driver(address);
        boolean fresh = inode.getAsLong() != function.inode && driver.isEmpty();
        return fresh || driver.equals(function.driver) ? inode : OptionalLong.empty();
    }
}
