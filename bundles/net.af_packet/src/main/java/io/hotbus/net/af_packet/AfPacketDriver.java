// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.af_packet;

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
import io.hotbus.netif.LostInterfaces;
import io.hotbus.netif.NetInterfaces;
import io.hotbus.netif.PortInterface;
import io.hotbus.netif.packet.PacketOs;
import io.hotbus.os.Linux;
import io.hotbus.os.PacketCalls;
import io.hotbus.os.Sockets;
import io.hotbus.pmd.Attachments;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/** Makes ports of network interfaces: {@code net_af_packet0,iface=eth0} ({@link AfPacketArgs}). */
@Component(service = VdevDriver.class)
@ProvidesDriver(AfPacketDriver.NAME)
@RequireBus(VdevDevice.BUS)
public final class AfPacketDriver implements VdevDriver {
    static final String NAME = "net_af_packet";

    private final PacketOs os;
    private final InterruptThread interrupts;
    private final NetInterfaces interfaces;
    private final PortRegistry ports;
    private final HotUnplug hotUnplug;
    private final LostInterfaces lost;
    private final Attachments<VdevDevice> attachments = new Attachments<>();

    @Activate
    public AfPacketDriver(@Reference Linux linux, @Reference Sockets sockets,
            @Reference PacketCalls packets, @Reference InterruptThread interrupts,
            @Reference NetInterfaces interfaces, @Reference PortRegistry ports,
            @Reference HotUnplug hotUnplug, @Reference VdevBus bus) {
        this.os = new PacketOs(linux, sockets, packets);
        this.interrupts = interrupts;
        this.interfaces = interfaces;
        this.ports = ports;
        this.hotUnplug = hotUnplug;
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
        AfPacketArgs.parse(devargs);
    }

    @Override
    public void probe(VdevDevice device) throws DeviceException {
        final AfPacketArgs args = AfPacketArgs.parse(device.devargs());
        attachments.probe(device, attachment -> {
            final PortInterface state = new PortInterface(device, ports, hotUnplug);
            attachment.onRemove(() -> {
                if (state.isGone()) {
                    lost.await(device.name(), args.iface());
                }
            });
            final AfPacketDev dev =
                    AfPacketDev.of(device.name(), args, os, interrupts, interfaces);
            final Port port = dev.publish(ports, device, attachment);
            attachment.onRemove(state::close);
            state.follow(dev.netif(), port, dev::hasLostInterface);
        });
        lost.found(device.name());
    }

    @Override
    public void remove(VdevDevice device) {
        attachments.remove(device);
    }

    @Override
    public void awaitReturn(Devargs device) throws DeviceException {
        lost.await(device.name(), AfPacketArgs.parse(device).iface());
    }
}
