// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd.pci;

import io.hotbus.bus.pci.Bar;
import io.hotbus.bus.pci.PciDevice;
import io.hotbus.bus.pci.PciDriver;
import io.hotbus.bus.pci.PciId;
import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.io.Mmio;
import io.hotbus.eal.mem.DmaAllocator;
import io.hotbus.ethdev.Port;
import io.hotbus.pmd.Attachment;
import io.hotbus.pmd.Attachments;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.osgi.annotation.versioning.ConsumerType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Base of drivers of NICs: publishes the port of each device and checks the device from then on. A
 * subclass is the component, says which devices it drives, and opens a device. Control threads.
 */
@ConsumerType
public abstract class AbstractNicDriver implements PciDriver {
    private static final Logger LOG = LoggerFactory.getLogger(AbstractNicDriver.class);
    private final String name;
    private final List<PciId> ids;
    private final NicServices services;
    private final AbstractNicSettings settings;
    private final NicPatience patience;
    private final Attachments<PciDevice> attachments = new Attachments<>();

    /** Creates the driver {@code name} of the devices {@code ids}. */
    protected AbstractNicDriver(String name, List<PciId> ids, NicServices services,
            AbstractNicSettings settings, NicPatience patience) {
        this.name = name;
        this.ids = List.copyOf(ids);
        this.services = services;
        this.settings = settings;
        this.patience = patience;
    }

    /** The keys of devargs that the driver has; the bus handles {@code bind} by itself. */
    protected Set<String> keys() {
        return Set.of();
    }

    /**
     * Maps the BARs of {@code device}, resets it, and reads what it is.
     *
     * @param allocator memory for its rings
     * @throws DeviceException the device does not answer, or cannot be used
     */
    protected abstract AbstractNic<?, ?> open(
            PciDevice device, DmaAllocator allocator, NicLimits limits) throws DeviceException;

    /**
     * Maps BAR0, for {@link #open}.
     *
     * @param bytes the least length that it must have
     * @throws DeviceException it is no such memory, or none is assigned to it
     */
    protected static Mmio mapBar0(PciDevice device, long bytes) throws DeviceException {
        if (device.function().bar(0).filter(Bar::memory)
                .filter(bar -> bar.length() >= bytes).isEmpty()) {
            throw new DeviceException("%s: no BAR0 of %s KiB of memory is assigned to it: %s"
                    .formatted(device, bytes >> 10, device.function().bars()));
        }
        return device.mapBar(0);
    }

    /** Releases the devices that this driver still has. A subclass calls it when deactivated. */
    public void deactivate() {
        attachments.removeAll();
    }

    @Override
    public final String name() {
        return name;
    }

    @Override
    public final List<PciId> ids() {
        return ids;
    }

    @Override
    public final void checkDevargs(Devargs devargs) throws DeviceException {
        Set<String> known = new HashSet<>(keys());
        known.add(PciDevice.BIND);
        devargs.allowOnly(known);
    }

    @Override
    public final void probe(PciDevice device) throws DeviceException {
        checkDevargs(device.devargs());
        attachments.probe(device, attachment -> probe(device, attachment));
    }

    private void probe(PciDevice device, Attachment attachment) throws DeviceException {
        NicLimits limits = settings.limits();
        AbstractNic<?, ?> nic = open(device, services.allocator(), limits);
        Port port = nic.publish(services.ports(), device, attachment);
        NicWatch watch = new NicWatch(nic, port, services, limits, patience);
        attachment.onRemove(watch::close);
        watch.begin();
        LOG.info("{}: {}, {}, {}", device, nic.info().macAddress(),
                NicWatch.describe(nic.link()), nic.model());
    }

    @Override
    public final void remove(PciDevice device) {
        attachments.remove(device);
    }
}
