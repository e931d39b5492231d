// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.memif;

import io.hotbus.bus.vdev.VdevBus;
import io.hotbus.bus.vdev.VdevDevice;
import io.hotbus.bus.vdev.VdevDriver;
import io.hotbus.eal.annotation.ProvidesDriver;
import io.hotbus.eal.annotation.RequireBus;
import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.hotplug.HotUnplug;
import io.hotbus.eal.io.MmioMapper;
import io.hotbus.eal.thread.ControlThread;
import io.hotbus.eal.thread.InterruptThread;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortRegistry;
import io.hotbus.os.Linux;
import io.hotbus.os.Sockets;
import io.hotbus.pmd.Attachments;
import java.util.function.Supplier;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/** Makes ports of {@code net_memifN[,role=client][,id=0]...} (see {@link MemifArgs}). */
@Component(service = VdevDriver.class)
@ProvidesDriver(MemifDriver.NAME)
@RequireBus(VdevDevice.BUS)
public final class MemifDriver implements VdevDriver {
    static final String NAME = "net_memif";

    private final PortRegistry ports;
    private final Platform platform;
    private final Registry registry;
    private final Attachments<VdevDevice> attachments = new Attachments<>();

    /**
     * Gets the bus when there is something to report, not earlier: the bus may be binding this
     * driver.
     */
    @Activate
    public MemifDriver(@Reference PortRegistry ports, @Reference Linux linux,
            @Reference Sockets sockets, @Reference InterruptThread interrupts,
            @Reference ControlThread control, @Reference MmioMapper mapper,
            @Reference HotUnplug unplug,
            @Reference(service = VdevBus.class) ServiceReference<VdevBus> bus,
            BundleContext context) {
        this(ports, new Platform(linux, sockets, interrupts, control, mapper, unplug),
                () -> context.getService(bus));
    }

    MemifDriver(PortRegistry ports, Platform platform, Supplier<VdevBus> bus) {
        this.ports = ports;
        this.platform = platform;
        this.registry = new Registry(platform, bus);
    }

    /** Releases the devices that this driver still has, and forgets those that were lost. */
    @Deactivate
    public void deactivate() {
        attachments.removeAll();
        registry.closeAll();
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public void checkDevargs(Devargs devargs) throws DeviceException {
        MemifArgs.parse(devargs);
    }

    @Override
    public void probe(VdevDevice device) throws DeviceException {
        MemifArgs args = MemifArgs.parse(device.devargs());
        attachments.probe(device, attachment -> {
            Endpoint endpoint = registry.open(device, args);
            attachment.onRemove(() -> registry.close(endpoint));
            Port port = new MemifDev(endpoint, platform.linux())
                    .publish(ports, device, attachment);
            endpoint.onLinkChange(() -> ports.linkChanged(port));
            attachment.onRemove(() -> endpoint.onLinkChange(() -> { }));
        });
    }

    @Override
    public void remove(VdevDevice device) {
        attachments.remove(device);
    }

    @Override
    public void awaitReturn(Devargs device) throws DeviceException {
        registry.awaitPeer(device.name(), MemifArgs.parse(device));
    }
}
