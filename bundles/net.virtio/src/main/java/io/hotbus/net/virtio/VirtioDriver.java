// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.virtio;

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

/** The driver {@code net_virtio}; the name is DPDK's. It has no devargs. Control threads. */
@Component(service = PciDriver.class)
@ProvidesDriver(VirtioDriver.NAME)
@RequireBus(PciDevice.BUS)
public final class VirtioDriver implements PciDriver {
    static final String NAME = "net_virtio";
    private static final Logger LOG = LoggerFactory.getLogger(VirtioDriver.class);
    private static final int VENDOR = 0x1af4;
    /** The id of a network device, 4.1.2.1, and its transitional id, 4.1.2.3. */
    private static final List<PciId> IDS = List.of(
            PciId.of(VENDOR, 0x1041), PciId.of(VENDOR, 0x1000));
    /** The devargs that the bus itself handles. */
    private static final Set<String> DEVARGS = Set.of(PciDevice.BIND);

    private final DmaAllocator allocator;
    private final InterruptThread interruptThread;
    private final HotUnplug hotUnplug;
    private final PortRegistry ports;
    private final VirtioSettings settings;
    private final VirtioWatch.Patience patience;
    private final Runnable settle;
    private final Attachments<PciDevice> attachments = new Attachments<>();

    @Activate
    public VirtioDriver(@Reference DmaAllocator allocator,
            @Reference InterruptThread interruptThread, @Reference HotUnplug hotUnplug,
            @Reference PortRegistry ports, @Reference VirtioSettings settings) {
        this(allocator, interruptThread, hotUnplug, ports, settings,
                VirtioWatch.Patience.DEFAULT, () -> { });
    }

    /** {@code settle}: see {@link VirtioTransport}. */
    VirtioDriver(DmaAllocator allocator, InterruptThread interruptThread, HotUnplug hotUnplug,
            PortRegistry ports, VirtioSettings settings, VirtioWatch.Patience patience,
            Runnable settle) {
        this.allocator = allocator;
        this.interruptThread = interruptThread;
        this.hotUnplug = hotUnplug;
        this.ports = ports;
        this.settings = settings;
        this.patience = patience;
        this.settle = settle;
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
        attachments.probe(device, attachment -> probe(device, attachment));
    }

    private void probe(PciDevice device, Attachment attachment) throws DeviceException {
        VirtioSettings.Limits limits = settings.limits();
        VirtioTransport transport = new VirtioTransport(
                device, VirtioCapabilities.read(device), limits.reset(), settle);
        VirtioDev dev = VirtioDev.probe(transport, allocator);
        Port port = dev.publish(ports, device, attachment);
        VirtioWatch watch = new VirtioWatch(
                transport, dev, port, ports, hotUnplug, limits, patience);
        attachment.onRemove(watch::close);
        watch.begin(interruptThread);
        LOG.info("{}: virtio, {}, {}", device, dev.info().macAddress(),
                VirtioWatch.describe(dev.link()));
    }

    @Override
    public void remove(PciDevice device) {
        attachments.remove(device);
    }
}
