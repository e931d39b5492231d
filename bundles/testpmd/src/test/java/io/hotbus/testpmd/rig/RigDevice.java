// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.rig;

import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.Device;
import io.hotbus.eal.mem.DmaAllocator;

/** A device on the bus of the rig. */
public final class RigDevice extends Device {
    private final WireNic nic;

    RigDevice(Devargs devargs, WireNic nic) {
        super("rig", devargs);
        this.nic = nic;
    }

    /** As the devarg {@code numa} says. */
    @Override
    public int numaNode() {
        String node = devargs().args().get("numa");
        return node == null ? DmaAllocator.ANY_NODE : Integer.parseInt(node);
    }

    public WireNic nic() {
        return nic;
    }
}
