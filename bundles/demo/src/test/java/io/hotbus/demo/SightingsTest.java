// SPDX-License-Identifier: Apache-2.0
package io.hotbus.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.Device;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.hotplug.DeviceEvent;
import io.hotbus.eal.hotplug.SigbusFault;
import org.junit.jupiter.api.Test;

class SightingsTest {
    private final Sightings sightings = new Sightings("net_sim0");

    private static DeviceEvent fault(String name, long address) throws DeviceException {
        Device device = new Device("vdev", Devargs.parse(name)) { };
        return DeviceEvent.fault(device, new SigbusFault(address, name + " BAR0", 1, 2, 3, 1));
    }

    @Test
    void shouldKeepFaultsOfItsDeviceUntilCleared() throws Exception {
        sightings.onDeviceEvent(fault("net_sim0", 0x1000));
        sightings.onDeviceEvent(fault("net_sim1", 0x2000));
        sightings.onDeviceEvent(DeviceEvent.of(DeviceEvent.Kind.ADD, "vdev", "net_sim0"));

        assertThat(sightings.faults()).extracting(SigbusFault::address).containsExactly(0x1000L);
        assertThat(sightings.detached()).isEmpty();
        sightings.clear();
        assertThat(sightings.faults()).isEmpty();
    }
}
