// SPDX-License-Identifier: Apache-2.0
package com.example.net.acme;

import io.hotbus.bus.vdev.VdevDevice;
import io.hotbus.bus.vdev.VdevDriver;
import io.hotbus.eal.annotation.ProvidesDriver;
import io.hotbus.eal.annotation.RequireBus;
import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.io.Fill;
import io.hotbus.eal.io.Mmio;
import io.hotbus.eal.io.MmioMapper;
import io.hotbus.ethdev.PortRegistry;
import io.hotbus.pmd.Attachment;
import io.hotbus.pmd.Attachments;
import io.hotbus.pmd.Registers;
import java.util.Set;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drives {@code net_acmeN[,packets=32]}, where {@code packets} is the number of packets in the loop
 * when the port starts (0).
 *
 * <p>A driver is a {@code VdevDriver} service. {@code @Component} registers it as soon as the
 * services below are present, and unregisters it as soon as one of them is gone. The next two lines
 * write the driver and the bus that it needs into the manifest. The bus calls {@link #probe} and
 * {@link #remove} on control threads, one call at a time for a device.
 */
@Component(service = VdevDriver.class)
@ProvidesDriver(AcmeDriver.NAME)
@RequireBus(VdevDevice.BUS)
public final class AcmeDriver implements VdevDriver {
    /** The name of the driver's devices without their number. */
    static final String NAME = "net_acme";
    /** Shown in the log. Change it, build, and drop the jar again to see the driver replaced. */
    static final String EDITION = "first edition";

    private static final Logger LOG = LoggerFactory.getLogger(AcmeDriver.class);

    private final AcmeHardware hardware;
    private final MmioMapper mapper;
    private final PortRegistry ports;
    private final Attachments<VdevDevice> attachments = new Attachments<>();

    @Activate
    public AcmeDriver(@Reference AcmeHardware hardware, @Reference MmioMapper mapper,
            @Reference PortRegistry ports) {
        this.hardware = hardware;
        this.mapper = mapper;
        this.ports = ports;
        LOG.info("driver {} is here, {}", NAME, EDITION);
    }

    /** Releases the devices that the bus has left with this driver. */
    @Deactivate
    public void deactivate() {
        attachments.removeAll();
    }

    @Override
    public String name() {
        return NAME;
    }

    /** For {@code launcher/hotbus check}, which has no device. */
    @Override
    public void checkDevargs(Devargs devargs) throws DeviceException {
        packets(devargs);
    }

    private static int packets(Devargs devargs) throws DeviceException {
        devargs.allowOnly(Set.of("packets"));
        return devargs.getInt("packets", 0, 0, AcmeDev.RING);
    }

    /** Makes the device work. If a step fails, {@code attachments} undoes the others in reverse. */
    @Override
    public void probe(VdevDevice device) throws DeviceException {
        int packets = packets(device.devargs());
        attachments.probe(device, attachment -> probe(device, packets, attachment));
        LOG.info("{}: probed by the {}", device, EDITION);
    }

    private void probe(VdevDevice device, int packets, Attachment attachment)
            throws DeviceException {
        int fd = hardware.powerOn(device.name());
        attachment.onRemove(() -> hardware.powerOff(device.name()));
        // The SIGBUS handler protects the window before map returns. Memory that is mapped in any
        // other way ends the process when it goes.
        Mmio bar0 = attachment.map(mapper, new MmioMapper.Source(
                "BAR0", fd, 0, hardware.length(), Fill.ONES));
        AcmeDev dev = AcmeDev.probe(
                device.name(), Registers.withSign(bar0, AcmeRegs.STATUS), packets);
        attachment.onRemove(() -> LOG.info("{}: let go of by the {}, {} packets came back", device,
                EDITION, dev.stats().rxPackets()));
        dev.publish(ports, device, attachment);
    }

    /** Releases the device: present, pulled out, or because this bundle is being replaced. */
    @Override
    public void remove(VdevDevice device) {
        attachments.remove(device);
    }
}
