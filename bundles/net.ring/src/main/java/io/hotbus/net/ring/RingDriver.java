// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.ring;

import io.hotbus.bus.vdev.VdevDevice;
import io.hotbus.bus.vdev.VdevDriver;
import io.hotbus.eal.annotation.ProvidesDriver;
import io.hotbus.eal.annotation.RequireBus;
import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.ethdev.PortRegistry;
import io.hotbus.pmd.Attachments;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** Makes ports of {@code net_ringN[,nodeaction=NAME:NODE:CREATE|ATTACH]}: {@link RingArgs}. */
@Component
@ProvidesDriver(RingDriver.NAME)
@RequireBus(VdevDevice.BUS)
public final class RingDriver implements VdevDriver {
    static final String NAME = "net_ring";

    private final PortRegistry ports;
    private final NamedRings rings = new NamedRings();
    private final Attachments<VdevDevice> attachments = new Attachments<>();

    @Activate
    public RingDriver(@Reference PortRegistry ports) {
        this.ports = ports;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public void checkDevargs(Devargs devargs) throws DeviceException {
        RingArgs.parse(devargs);
    }

    @Override
    public void probe(VdevDevice device) throws DeviceException {
        RingArgs args = RingArgs.parse(device.devargs());
        attachments.probe(device, attachment -> {
            RingPair pair = RingPair.of(device.name(), args, rings);
            new RingDev(device.name(), pair).publish(ports, device, attachment);
        });
    }

    @Override
    public void remove(VdevDevice device) {
        attachments.remove(device);
    }
}
