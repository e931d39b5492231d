// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.null_;

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

/** Makes ports of {@code net_nullN[,size=64][,copy=0][,no-rx=0]} (see {@link NullArgs}). */
@Component
@ProvidesDriver(NullDriver.NAME)
@RequireBus(VdevDevice.BUS)
public final class NullDriver implements VdevDriver {
    static final String NAME = "net_null";

    private final PortRegistry ports;
    private final Attachments<VdevDevice> attachments = new Attachments<>();

    @Activate
    public NullDriver(@Reference PortRegistry ports) {
        this.ports = ports;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public void checkDevargs(Devargs devargs) throws DeviceException {
        NullArgs.parse(devargs);
    }

    @Override
    public void probe(VdevDevice device) throws DeviceException {
        NullArgs args = NullArgs.parse(device.devargs());
        attachments.probe(device, attachment ->
                new NullDev(device.name(), args).publish(ports, device, attachment));
    }

    @Override
    public void remove(VdevDevice device) {
        attachments.remove(device);
    }
}
