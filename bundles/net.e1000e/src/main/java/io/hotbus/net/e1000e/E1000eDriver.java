// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.e1000e;

import io.hotbus.bus.pci.Bar;
import io.hotbus.bus.pci.PciDevice;
import io.hotbus.bus.pci.PciDriver;
import io.hotbus.bus.pci.PciId;
import io.hotbus.eal.annotation.ProvidesDriver;
import io.hotbus.eal.annotation.RequireBus;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.hotplug.HotUnplug;
import io.hotbus.eal.mem.DmaAllocator;
import io.hotbus.eal.thread.InterruptThread;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortRegistry;
import io.hotbus.pmd.Attachment;
import io.hotbus.pmd.Attachments;
import java.util.List;
import java.util.Set;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The driver {@code net_e1000_em}; the name is DPDK's. It has no devargs. Control threads. */
@Component(service = PciDriver.class)
@ProvidesDriver(E1000eDriver.NAME)
@RequireBus(PciDevice.BUS)
public final class E1000eDriver implements PciDriver {
    static final String NAME = "net_e1000_em";
    private static final Logger LOG = LoggerFactory.getLogger(E1000eDriver.class);
    private static final int INTEL = 0x8086;
    private static final List<PciId> IDS = List.of(PciId.of(INTEL, 0x10d3));
    /** The devargs that the bus itself handles. */
    private static final Set<String> DEVARGS = Set.of("bind");

    private final DmaAllocator allocator;
    private final InterruptThread interruptThread;
    private final HotUnplug hotUnplug;
    private final PortRegistry ports;
    private final E1000eSettings settings;
    private final E1000eRecovery.Limits limits;
    private final Attachments<PciDevice> attachments = new Attachments<>();

    @Activate
    public E1000eDriver(@Reference DmaAllocator allocator,
            @Reference InterruptThread interruptThread, @Reference HotUnplug hotUnplug,
            @Reference PortRegistry ports, @Reference E1000eSettings settings) {
        this(allocator, interruptThread, hotUnplug, ports, settings,
                E1000eRecovery.Limits.DEFAULT);
    }

    E1000eDriver(DmaAllocator allocator, InterruptThread interruptThread, HotUnplug hotUnplug,
            PortRegistry ports, E1000eSettings settings, E1000eRecovery.Limits limits) {
        this.allocator = allocator;
        this.interruptThread = interruptThread;
        this.hotUnplug = hotUnplug;
        this.ports = ports;
        this.settings = settings;
        this.limits = limits;
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
    public List<PciId> ids() {
        return IDS;
    }

    @Override
    public void probe(PciDevice device) throws DeviceException {
        device.devargs().allowOnly(DEVARGS);
        if (device.function().bar(0).filter(Bar::memory)
                .filter(bar -> bar.length() >= E1000eRegs.BAR0_LENGTH).isEmpty()) {
            throw new DeviceException("%s: no BAR0 of %s KiB of memory is assigned to it: %s"
                    .formatted(device, E1000eRegs.BAR0_LENGTH >> 10, device.function().bars()));
        }
        attachments.probe(device, attachment -> probe(device, attachment));
    }

    private void probe(PciDevice device, Attachment attachment) throws DeviceException {
        E1000eChip chip = new E1000eChip(device, device.mapBar(0), settings.resetLimit());
        E1000eDev dev = E1000eDev.probe(chip, allocator);
        Port port = dev.publish(ports, device, attachment);
        E1000eWatch watch = new E1000eWatch(
                chip, dev, port, ports, hotUnplug, settings.watch(), limits);
        attachment.onRemove(watch::close);
        watch.begin(interruptThread);
        LOG.info("{}: 82574, {}, {}", device, dev.info().macAddress(),
                E1000eWatch.describe(dev.link()));
    }

    @Override
    public void remove(PciDevice device) {
        attachments.remove(device);
    }
}
