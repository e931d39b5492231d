// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.tap;

import io.hotbus.bus.vdev.VdevBus;
import io.hotbus.bus.vdev.VdevDevice;
import io.hotbus.bus.vdev.VdevDriver;
import io.hotbus.eal.annotation.ProvidesDriver;
import io.hotbus.eal.annotation.RequireBus;
import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.hotplug.HotUnplug;
import io.hotbus.eal.thread.InterruptThread;
import io.hotbus.ethdev.MacAddress;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortRegistry;
import io.hotbus.netif.LostInterfaces;
import io.hotbus.netif.NetInterface;
import io.hotbus.netif.NetInterfaces;
import io.hotbus.netif.PortInterface;
import io.hotbus.netif.UnderlyingInterface;
import io.hotbus.os.Linux;
import io.hotbus.os.PacketCalls;
import io.hotbus.pmd.Attachment;
import io.hotbus.pmd.Attachments;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/** Makes ports of tap interfaces, which it creates: {@code net_tap0} (see {@link TapArgs}). */
@Component(service = VdevDriver.class)
@ProvidesDriver(TapDriver.NAME)
@RequireBus(VdevDevice.BUS)
public final class TapDriver implements VdevDriver {
    static final String NAME = "net_tap";

    private final Linux linux;
    private final PacketCalls calls;
    private final InterruptThread interrupts;
    private final NetInterfaces interfaces;
    private final PortRegistry ports;
    private final HotUnplug hotUnplug;
    private final VdevBus bus;
    private final LostInterfaces lost;
    private final Attachments<VdevDevice> attachments = new Attachments<>();
    /** The address that each device had: a device keeps it when its interface is made again. */
    private final Map<String, MacAddress> addresses = new ConcurrentHashMap<>();

    @Activate
    public TapDriver(@Reference Linux linux, @Reference PacketCalls calls,
            @Reference InterruptThread interrupts, @Reference NetInterfaces interfaces,
            @Reference PortRegistry ports, @Reference HotUnplug hotUnplug,
            @Reference VdevBus bus) {
        this.linux = linux;
        this.calls = calls;
        this.interrupts = interrupts;
        this.interfaces = interfaces;
        this.ports = ports;
        this.hotUnplug = hotUnplug;
        this.bus = bus;
        this.lost = new LostInterfaces(interfaces, bus::plugged);
    }

    /** Releases the devices that this driver still has. */
    @Deactivate
    public void deactivate() {
        lost.close();
        attachments.removeAll();
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public void checkDevargs(Devargs devargs) throws DeviceException {
        TapArgs.parse(devargs);
    }

    @Override
    public void probe(VdevDevice device) throws DeviceException {
        final TapArgs args = TapArgs.parse(device.devargs());
        attachments.probe(device, attachment -> {
            try {
                probe(device, args, attachment);
            } catch (IOException e) {
                throw new DeviceException(device + ": " + e.getMessage(), e);
            }
        });
        lost.found(device.name());
    }

    private void probe(VdevDevice device, TapArgs args, Attachment attachment)
            throws IOException, DeviceException {
        final PortInterface state = new PortInterface(device, ports, hotUnplug);
        final boolean ours = interfaces.find(args.iface()).isEmpty();
        attachment.onRemove(() -> {
            if (state.isGone()) {
                comeBack(device, args, ours);
            }
        });
        final TapDescriptors descriptors = new TapDescriptors(device.name(), linux, args.iface());
        attachment.onRemove(descriptors::close);
        if (args.persist()) {
            descriptors.setPersistent(true);
        }
        final UnderlyingInterface netif =
                new UnderlyingInterface(interfaces, setUp(device, args, ours));
        final MacAddress mac = netif.mac().orElseThrow();
        addresses.put(device.name(), mac);
        final TapDev dev = new TapDev(
                state, descriptors, linux, calls, interrupts, netif, mac);
        final Port port = dev.publish(ports, device, attachment);
        attachment.onRemove(state::close);
        state.follow(netif, port, dev::hasLostInterface);
    }

    /** Sets the address of the interface, which is down, and returns the interface. */
    private NetInterface setUp(VdevDevice device, TapArgs args, boolean ours)
            throws IOException, DeviceException {
        final NetInterface netif = find(device, args);
        final Optional<MacAddress> mac = args.mac().or(() -> ours
                ? Optional.ofNullable(addresses.get(device.name())) : Optional.empty());
        if (mac.isPresent()) {
            interfaces.setMac(netif, mac.get());
        }
        return find(device, args);
    }

    private NetInterface find(VdevDevice device, TapArgs args)
            throws IOException, DeviceException {
        return interfaces.find(args.iface()).orElseThrow(() -> new DeviceException(
                "%s: the interface %s went while it was set up".formatted(device, args.iface())));
    }

    /** An interface that the driver has made is made again; another one is waited for. */
    private void comeBack(VdevDevice device, TapArgs args, boolean ours) {
        if (ours) {
            bus.plugged(device.name());
        } else {
            lost.await(device.name(), args.iface());
        }
    }

    @Override
    public void remove(VdevDevice device) {
        attachments.remove(device);
    }

    @Override
    public void awaitReturn(Devargs device) throws DeviceException {
        lost.await(device.name(), TapArgs.parse(device).iface());
    }
}
