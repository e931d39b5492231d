// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus;

import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.Device;

final class TestDevice extends Device {
    TestDevice(Devargs devargs) {
        super(TestBus.NAME, devargs);
    }
}
