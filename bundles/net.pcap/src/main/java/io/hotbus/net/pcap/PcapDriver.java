// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.pcap;

import io.hotbus.bus.vdev.VdevBus;
import io.hotbus.bus.vdev.VdevDevice;
import io.hotbus.bus.vdev.VdevDriver;
import io.hotbus.eal.annotation.ProvidesDriver;
import io.hotbus.eal.annotation.RequireBus;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.hotplug.Lease;
import io.hotbus.ethdev.PortRegistry;
import io.hotbus.os.Linux;
import io.hotbus.pmd.Attachment;
import io.hotbus.pmd.Attachments;
import java.util.function.Supplier;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The driver {@code net_pcap}: {@code net_pcap0,rx_pcap=in.pcap,tx_pcap=out.pcap}. See {@link
 * PcapArgs} for its devargs. Control threads.
 */
@Component(service = VdevDriver.class)
@ProvidesDriver(PcapDriver.NAME)
@RequireBus(VdevDevice.BUS)
public final class PcapDriver implements VdevDriver {
    static final String NAME = "net_pcap";
    /** A removal is noticed within 100 ms. */
    private static final int LOOK_MILLIS = 50;
    private static final Logger LOG = LoggerFactory.getLogger(PcapDriver.class);

    private final Linux linux;
    private final PortRegistry ports;
    private final Supplier<VdevBus> bus;
    private final WatchThread watch = new WatchThread();
    private final WrittenFiles written = new WrittenFiles();
    private final LostDevices lost;
    private final Attachments<VdevDevice> attachments = new Attachments<>();

    /**
     * Gets the bus when there is something to report, not earlier: the bus may be binding this
     * driver.
     */
    @Activate
    public PcapDriver(@Reference Linux linux, @Reference PortRegistry ports,
            @Reference(service = VdevBus.class) ServiceReference<VdevBus> bus,
            BundleContext context) {
        this(linux, ports, () -> context.getService(bus));
    }

    PcapDriver(Linux linux, PortRegistry ports, Supplier<VdevBus> bus) {
        this.linux = linux;
        this.ports = ports;
        this.bus = bus;
        this.lost = new LostDevices(linux, watch, device -> bus.get().plugged(device));
    }

    /** Releases the devices that this driver still has. */
    @Deactivate
    public void deactivate() {
        attachments.removeAll();
        watch.close();
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public void probe(VdevDevice device) throws DeviceException {
        PcapArgs args = PcapArgs.parse(device.devargs());
        attachments.probe(device, attachment -> attach(device, args, attachment));
        lost.found(device.name());
    }

    private void attach(VdevDevice device, PcapArgs args, Attachment attachment)
            throws DeviceException {
        String name = device.name();
        PcapArgs now = lost.isLost(name) ? args.appending() : args;
        PcapDev dev = new PcapDev(name, PcapFiles.open(name, now, linux, written));
        attachment.onRemove(() -> {
            if (dev.isGone()) {
                lost.add(name, args);
            }
        });
        dev.publish(ports, device, attachment);
        Lease looks = watch.every(LOOK_MILLIS, () -> dev.look().ifPresent(reason -> {
            LOG.warn("{}: {}", name, reason);
            bus.get().unplugged(name);
        }));
        attachment.onRemove(looks::close);
    }

    @Override
    public void remove(VdevDevice device) {
        attachments.remove(device);
    }
}
