// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.vdev;

import io.hotbus.eal.bus.Device;
import io.hotbus.eal.bus.Devargs;
import org.osgi.annotation.versioning.ProviderType;

/** A device of the vdev bus. */
@ProviderType
public final class VdevDevice extends Device {
    /** The name of the bus. */
    public static final String BUS = "vdev";

    /** Creates a device. Called by the bus only. */
    public VdevDevice(Devargs devargs) {
        super(BUS, devargs);
    }
}
