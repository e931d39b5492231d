// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.sim;

import io.hotbus.bus.vdev.VdevDevice;
import io.hotbus.bus.vdev.VdevDriver;
import io.hotbus.eal.annotation.ProvidesDriver;
import io.hotbus.eal.annotation.RequireBus;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.io.Fill;
import io.hotbus.eal.io.Mmio;
import io.hotbus.eal.io.MmioMapper;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortRegistry;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
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

    private record Attached(SimNic nic, SimDev dev, Port port) {
    }

    private final SimHardware hardware;
    private final MmioMapper mapper;
    private final PortRegistry ports;
    private final Map<VdevDevice, Attached> attached = new ConcurrentHashMap<>();

    @Activate
    public SimDriver(@Reference SimHardware hardware, @Reference MmioMapper mapper,
            @Reference PortRegistry ports) {
        this.hardware = hardware;
        this.mapper = mapper;
        this.ports = ports;
    }

    /** Lets go of what the bus has left with it. */
    @Deactivate
    public void deactivate() {
        attached.keySet().forEach(this::remove);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public void probe(VdevDevice device) throws DeviceException {
        SimArgs args = SimArgs.parse(device.devargs());
        SimNic nic = hardware.powerOn(device.name(), args);
        try {
            SimDev dev = SimDev.probe(new SimBars(
                    map(device, nic, "BAR0", 0, SimRegs.BAR0_LENGTH),
                    map(device, nic, "BAR2", SimRegs.BAR0_LENGTH, SimRegs.BAR2_LENGTH)),
                    nic, args.queues());
            Port port = ports.add(device, dev);
            attached.put(device, new Attached(nic, dev, port));
            nic.onLinkChange(() -> ports.linkChanged(port));
        } catch (DeviceException | RuntimeException e) {
            mapper.releaseAll(device.windows());
            hardware.powerOff(nic);
            throw e;
        }
    }

    /** All-ones is the fill of both: this driver takes an all-ones descriptor for nobody's. */
    private Mmio map(VdevDevice device, SimNic nic, String bar, long offset, long length)
            throws DeviceException {
        try {
            return mapper.map(device.windows(), new MmioMapper.Source(
                    bar, nic.fd(), offset, length, Fill.ONES));
        } catch (IOException e) {
            throw new DeviceException(
                    "%s: cannot map %s: %s".formatted(device.name(), bar, e.getMessage()), e);
        }
    }

    @Override
    public void remove(VdevDevice device) {
        Attached gone = attached.get(device);
        if (gone == null) {
            return;
        }
        gone.nic().onLinkChange(() -> { });
        try {
            ports.remove(gone.port());
        } finally {
            gone.dev().close();
            mapper.releaseAll(device.windows());
            hardware.powerOff(gone.nic());
            attached.remove(device);
        }
    }
}
