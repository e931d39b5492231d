// SPDX-License-Identifier: Apache-2.0
package io.hotbus.itest.flawed;

import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.Device;
import io.hotbus.ethdev.Port;

/** A device: a page of memory whose first word tells that the device is present. */
final class FlawedDevice extends Device {
    /** The descriptor of the memory; -1 while there is none. */
    int fd = -1;
    /** The port; null while there is none. */
    Port port;

    FlawedDevice(Devargs devargs) {
        super(FlawedBus.NAME, devargs);
    }
}
