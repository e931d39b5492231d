// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.pcap;

import io.hotbus.bus.vdev.VdevBus;
import io.hotbus.bus.vdev.VdevDevice;
import io.hotbus.bus.vdev.VdevDriver;
import io.hotbus.eal.annotation.ProvidesDriver;
import io.hotbus.eal.annotation.RequireBus;
import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.hotplug.HotUnplug;
import io.hotbus.eal.thread.InterruptThread;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortRegistry;
import io.hotbus.netif.NetInterfaces;
import io.hotbus.netif.PortInterface;
import io.hotbus.netif.packet.PacketOs;
import io.hotbus.os.Linux;
import io.hotbus.os.PacketCalls;
import io.hotbus.os.Sockets;
import io.hotbus.pmd.Attachment;
import io.hotbus.pmd.Attachments;
import java.util.ArrayList;
import java.util.List;
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
 * The driver {@code net_pcap}: {@code net_pcap0,rx_pcap=in.pcap,tx_iface=eth0}. See {@link
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

    private final PacketOs os;
    private final InterruptThread interrupts;
    private final NetInterfaces interfaces;
    private final PortRegistry ports;
    private final HotUnplug hotUnplug;
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
    public PcapDriver(@Reference Linux linux, @Reference Sockets sockets,
            @Reference PacketCalls packets, @Reference InterruptThread interrupts,
            @Reference NetInterfaces interfaces,
            @Reference PortRegistry ports, @Reference HotUnplug hotUnplug,
            @Reference(service = VdevBus.class) ServiceReference<VdevBus> bus,
            BundleContext context) {
        this(new PacketOs(linux, sockets, packets), interrupts, interfaces, ports, hotUnplug,
                () -> context.getService(bus));
    }

    PcapDriver(PacketOs os, InterruptThread interrupts, NetInterfaces interfaces,
            PortRegistry ports, HotUnplug hotUnplug, Supplier<VdevBus> bus) {
        this.os = os;
        this.interrupts = interrupts;
        this.interfaces = interfaces;
        this.ports = ports;
        this.hotUnplug = hotUnplug;
        this.bus = bus;
        this.lost = new LostDevices(
                os.linux(), interfaces, watch, device -> bus.get().plugged(device));
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
    public void checkDevargs(Devargs devargs) throws DeviceException {
        PcapArgs.parse(devargs);
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
        PcapDev dev = new PcapDev(name,
                PcapStreams.open(name, now, os, interrupts, interfaces, written),
                args.physicalMac());
        List<PortInterface> states = new ArrayList<>();
        attachment.onRemove(() -> {
            if (dev.isGone() || states.stream().anyMatch(PortInterface::isGone)) {
                lost.add(name, args);
            }
        });
        Port port = dev.publish(ports, device, attachment);
        for (LiveInterface live : dev.interfaces()) {
            PortInterface state = new PortInterface(device, ports, hotUnplug);
            states.add(state);
            attachment.onRemove(state::close);
            state.follow(live.netif(), port, live::hasLostInterface);
        }
        if (args.all().anyMatch(Place::isFile)) {
            attachment.onRemove(watch.every(LOOK_MILLIS, () -> look(name, dev))::close);
        }
    }

    private void look(String name, PcapDev dev) {
        dev.look().ifPresent(reason -> {
            LOG.warn("{}: {}", name, reason);
            bus.get().unplugged(name);
        });
    }

    @Override
    public void remove(VdevDevice device) {
        attachments.remove(device);
    }

    @Override
    public void awaitReturn(Devargs device) throws DeviceException {
        lost.add(device.name(), PcapArgs.parse(device));
    }
}
