// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.null_;

import io.hotbus.bus.vdev.VdevDevice;
import io.hotbus.bus.vdev.VdevDriver;
import io.hotbus.eal.annotation.ProvidesDriver;
import io.hotbus.eal.annotation.RequireBus;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortRegistry;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** Makes ports of {@code net_nullN[,size=64][,copy=0][,no-rx=0]} (see {@link NullArgs}). */
@Component
@ProvidesDriver(NullDriver.NAME)
@RequireBus(VdevDevice.BUS)
public final class NullDriver implements VdevDriver {
    static final String NAME = "net_null";

    private final PortRegistry ports;
    private final Map<VdevDevice, Port> attached = new ConcurrentHashMap<>();

    @Activate
    public NullDriver(@Reference PortRegistry ports) {
        this.ports = ports;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public void probe(VdevDevice device) throws DeviceException {
        NullArgs args = NullArgs.parse(device.devargs());
        attached.put(device, ports.add(device, new NullDev(device.name(), args)));
    }

    @Override
    public void remove(VdevDevice device) {
        Port port = attached.remove(device);
        if (port != null) {
            ports.remove(port);
        }
    }
}
