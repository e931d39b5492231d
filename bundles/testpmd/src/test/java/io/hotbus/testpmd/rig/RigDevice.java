// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.rig;

import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.Device;

/** A device on the bus of the rig. */
public final class RigDevice extends Device {
    private final WireNic nic;

    RigDevice(Devargs devargs, WireNic nic) {
        super("rig", devargs);
        this.nic = nic;
    }

    public WireNic nic() {
        return nic;
    }
}
