// SPDX-License-Identifier: Apache-2.0
package io.hotbus.itest.flawed;

import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.Device;
import io.hotbus.ethdev.Port;

/** A device: a page of memory, of which the first word says that it is there. */
final class FlawedDevice extends Device {
    /** Of the memory; -1 while there is none. */
    int fd = -1;
    /** Null while there is none. */
    Port port;

    FlawedDevice(Devargs devargs) {
        super(FlawedBus.NAME, devargs);
    }
}
