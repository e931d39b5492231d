// SPDX-License-Identifier: Apache-2.0
package com.example.net.acme;

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
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The driver: {@code net_acmeN[,packets=32]}, where {@code packets} is how many are in the loop
 * when the port starts (0).
 *
 * <p>To be a driver is to be a service under {@code VdevDriver}; {@code @Component} makes it one as
 * soon as the services below are there, and takes it back as soon as one of them is not. The two
 * lines after it say in the manifest what is in this bundle and which bus it needs. The bus calls
 * {@link #probe} and {@link #remove} on control threads, one call at a time for a device, under the
 * lock of that device.
 */
@Component(service = VdevDriver.class)
@ProvidesDriver(AcmeDriver.NAME)
@RequireBus(VdevDevice.BUS)
public final class AcmeDriver implements VdevDriver {
    /** The name of its devices, less their number. */
    static final String NAME = "net_acme";
    /** Said in the log. Change it, build, and drop the jar again to see the driver replaced. */
    static final String EDITION = "first edition";

    private static final Logger LOG = LoggerFactory.getLogger(AcmeDriver.class);

    private record Attached(AcmeDev dev, Port port) {
    }

    private final AcmeHardware hardware;
    private final MmioMapper mapper;
    private final PortRegistry ports;
    private final Map<VdevDevice, Attached> attached = new ConcurrentHashMap<>();

    @Activate
    public AcmeDriver(@Reference AcmeHardware hardware, @Reference MmioMapper mapper,
            @Reference PortRegistry ports) {
        this.hardware = hardware;
        this.mapper = mapper;
        this.ports = ports;
        LOG.info("driver {} is here, {}", NAME, EDITION);
    }

    @Override
    public String name() {
        return NAME;
    }

    /**
     * Maps the registers, looks whether there is anybody, publishes the port. The device may be
     * pulled out anywhere in here: then the registers read all-ones, and that is an error like any
     * other. Whatever fails, all is undone in reverse before it is thrown.
     */
    @Override
    public void probe(VdevDevice device) throws DeviceException {
        device.devargs().allowOnly(Set.of("packets"));
        int packets = device.devargs().getInt("packets", 0, 0, AcmeDev.RING);
        int fd = hardware.powerOn(device.name());
        try {
            // The window belongs to the device, and is under the SIGBUS handler's protection before
            // map returns. Memory mapped in any other way ends the process when it goes.
            Mmio registers = mapper.map(device.windows(), new MmioMapper.Source(
                    "BAR0", fd, 0, hardware.length(), Fill.ONES));
            AcmeDev dev = AcmeDev.probe(device.name(), registers, packets);
            attached.put(device, new Attached(dev, ports.add(device, dev)));
        } catch (IOException e) {
            undo(device);
            throw new DeviceException("%s: cannot map its registers: %s"
                    .formatted(device, e.getMessage()), e);
        } catch (DeviceException | RuntimeException e) {
            undo(device);
            throw e;
        }
        LOG.info("{}: probed by the {}", device, EDITION);
    }

    private void undo(VdevDevice device) {
        mapper.releaseAll(device.windows());
        hardware.powerOff(device.name());
    }

    /**
     * Lets go, in reverse: the port first, for {@code ports.remove} returns when no thread is in a
     * burst on its queues and it is closed; only then may the memory go. The same whether the
     * device is there, was pulled out, or this bundle is being replaced.
     */
    @Override
    public void remove(VdevDevice device) {
        Attached gone = attached.get(device);
        if (gone == null) {
            return;
        }
        try {
            ports.remove(gone.port());
        } finally {
            gone.dev().close();
            undo(device);
            attached.remove(device);
        }
        LOG.info("{}: let go of by the {}, {} packets came back", device, EDITION,
                gone.dev().stats().rxPackets());
    }
}
