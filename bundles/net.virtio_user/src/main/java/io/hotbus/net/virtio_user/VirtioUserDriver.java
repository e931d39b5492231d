// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.virtio_user;

import io.hotbus.bus.vdev.VdevBus;
import io.hotbus.bus.vdev.VdevDevice;
import io.hotbus.bus.vdev.VdevDriver;
import io.hotbus.eal.annotation.ProvidesDriver;
import io.hotbus.eal.annotation.RequireBus;
import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.hotplug.HotUnplug;
import io.hotbus.eal.mem.DmaAllocator;
import io.hotbus.eal.thread.ControlThread;
import io.hotbus.eal.thread.InterruptThread;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortRegistry;
import io.hotbus.os.Linux;
import io.hotbus.os.Sockets;
import io.hotbus.pmd.Attachments;
import io.hotbus.pmd.eth.ResetRequests;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/** Makes ports of {@code net_virtio_userN,path=...} (see {@link VirtioUserArgs}). */
@Component(service = VdevDriver.class)
@ProvidesDriver(VirtioUserDriver.NAME)
@RequireBus(VdevDevice.BUS)
public final class VirtioUserDriver implements VdevDriver {
    static final String NAME = "net_virtio_user";
    /** An application stops a port that has to be set up again within this time, or never. */
    private static final Duration REACTION = Duration.ofSeconds(5);

    private final PortRegistry ports;
    private final Platform platform;
    private final Meetings meetings;
    private final Attachments<VdevDevice> attachments = new Attachments<>();

    /**
     * Gets the bus when there is something to report, not earlier: the bus may be binding this
     * driver.
     */
    @Activate
    public VirtioUserDriver(@Reference PortRegistry ports, @Reference Linux linux,
            @Reference Sockets sockets, @Reference InterruptThread interrupts,
            @Reference ControlThread control, @Reference DmaAllocator allocator,
            @Reference HotUnplug unplug,
            @Reference(service = VdevBus.class) ServiceReference<VdevBus> bus,
            BundleContext context) {
        this(ports, new Platform(linux, sockets, interrupts, control, allocator, unplug),
                () -> context.getService(bus));
    }

    VirtioUserDriver(PortRegistry ports, Platform platform, Supplier<VdevBus> bus) {
        this.ports = ports;
        this.platform = platform;
        this.meetings = new Meetings(platform, bus);
    }

    /** Releases the devices that this driver still has, and forgets those that were lost. */
    @Deactivate
    public void deactivate() {
        attachments.removeAll();
        meetings.closeAll();
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public void checkDevargs(Devargs devargs) throws DeviceException {
        VirtioUserArgs.parse(devargs);
    }

    @Override
    public void probe(VdevDevice device) throws DeviceException {
        VirtioUserArgs args = VirtioUserArgs.parse(device.devargs());
        attachments.probe(device, attachment -> {
            RingArena arena = RingArena.allocate(platform.allocator(), device.name(), args);
            attachment.onRemove(arena::close);
            SharedGround ground = new SharedGround(device, arena, args.features());
            Meeting meeting = meetings.open(device.name(), args);
            Endpoint endpoint = new Endpoint(meetings, meeting, device, args, ground);
            meetings.add(endpoint);
            attachment.onRemove(() -> meetings.close(endpoint, meeting));
            VirtioUserDev dev = new VirtioUserDev(endpoint, ground, args, platform.linux());
            Port port = dev.publish(ports, device, attachment);
            ResetRequests resets = new ResetRequests(port, ports, REACTION);
            endpoint.watch(() -> ports.linkChanged(port),
                    () -> resets.look(dev.started(), dev::fault));
            attachment.onRemove(() -> endpoint.watch(() -> { }, Optional::empty));
        });
    }

    @Override
    public void remove(VdevDevice device) {
        attachments.remove(device);
    }

    @Override
    public void awaitReturn(Devargs device) throws DeviceException {
        meetings.awaitBackEnd(device.name(), VirtioUserArgs.parse(device));
    }
}
