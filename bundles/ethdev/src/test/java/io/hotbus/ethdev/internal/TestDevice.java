// SPDX-License-Identifier: Apache-2.0
package io.hotbus.ethdev.internal;

import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.Device;
import java.util.Map;
import java.util.Optional;

/** A device of no bus. */
final class TestDevice extends Device {
    TestDevice(String name) {
        super("test", new Devargs(Optional.empty(), name, Map.of()));
    }
}
