// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.pci.internal.sysfs;

import io.hotbus.bus.pci.PciAddress;
import io.hotbus.bus.pci.PciFunction;

/**
 * A function as it is in sysfs now.
 *
 * @param inode      the inode of its directory, which differs for each stay in the slot
 * @param devpath    its directory below sysfs, as uevents have it
 * @param unassigned whether it has a memory BAR that has no address (yet)
 */
public record FoundFunction(
        PciFunction function, long inode, String devpath, boolean unassigned) {
    /** Where it is. */
    public PciAddress address() {
        return function.address();
    }
}
