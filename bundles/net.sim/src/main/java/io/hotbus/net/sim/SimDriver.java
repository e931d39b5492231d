// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.sim;

import io.hotbus.bus.vdev.VdevDevice;
import io.hotbus.bus.vdev.VdevDriver;
import io.hotbus.eal.annotation.ProvidesDriver;
import io.hotbus.eal.annotation.RequireBus;
import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.io.MmioMapper;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortRegistry;
import io.hotbus.pmd.Attachments;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/**
 * The driver {@code net_sim}: {@code net_sim0,queues=2,peer=net_sim1}. See the package for its
 * devargs. Control threads.
 */
@Component(service = VdevDriver.class)
@ProvidesDriver(SimDriver.NAME)
@RequireBus(VdevDevice.BUS)
public final class SimDriver implements VdevDriver {
    static final String NAME = "net_sim";

    private final SimHardware hardware;
    private final MmioMapper mapper;
    private final PortRegistry ports;
    private final Attachments<VdevDevice> attachments = new Attachments<>();

    @Activate
    public SimDriver(@Reference SimHardware hardware, @Reference MmioMapper mapper,
            @Reference PortRegistry ports) {
        this.hardware = hardware;
        this.mapper = mapper;
        this.ports = ports;
    }

    /** Releases the devices that this driver still has. */
    @Deactivate
    public void deactivate() {
        attachments.removeAll();
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public void checkDevargs(Devargs devargs) throws DeviceException {
        SimArgs.parse(devargs);
    }

    @Override
    public void probe(VdevDevice device) throws DeviceException {
        SimArgs args = SimArgs.parse(device.devargs());
        attachments.probe(device, attachment -> {
            SimNic nic = hardware.powerOn(device.name(), args);
            attachment.onRemove(() -> hardware.powerOff(nic));
            SimBars bars = SimBars.map(attachment, mapper, nic.fd());
            Port port = SimDev.probe(bars, nic, args.queues()).publish(ports, device, attachment);
            nic.onLinkChange(() -> ports.linkChanged(port));
            attachment.onRemove(() -> nic.onLinkChange(() -> { }));
        });
    }

    @Override
    public void remove(VdevDevice device) {
        attachments.remove(device);
    }
}
