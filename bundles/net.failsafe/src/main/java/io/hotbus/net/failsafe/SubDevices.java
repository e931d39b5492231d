// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.failsafe;

import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.Device;
import io.hotbus.eal.bus.DeviceAdopter;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.bus.DeviceManager;
import io.hotbus.eal.bus.DeviceState;
import io.hotbus.eal.bus.ExpectedDevice;
import io.hotbus.eal.hotplug.HotUnplug;
import io.hotbus.eal.hotplug.Lease;
import io.hotbus.eal.hotplug.RemovalCause;
import io.hotbus.ethdev.EthDevInfo;
import io.hotbus.ethdev.EthEvent;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortConfig;
import io.hotbus.ethdev.PortRegistry;
import io.hotbus.ethdev.RxFilter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sub-devices of a port: expects them, takes over their ports, keeps them in the state that the
 * failsafe port is in, and lets go of those that are gone. Control threads.
 *
 * <p>The lock is held while sub-devices are set up, started and stopped. No thread that holds the
 * lock of a sub-device's bus takes it; {@link #release} only uses {@link Paths}.
 */
final class SubDevices {
    private static final Logger LOG = LoggerFactory.getLogger(SubDevices.class);

    private final String name;
    private final DeviceManager devices;
    private final PortRegistry registry;
    private final HotUnplug hotUnplug;
    private final Paths paths;
    private final List<SubDevice> all;
    private final Lease claim;
    private final Runnable onLinkChange;
    private int portId;
    private Optional<PortConfig> config = Optional.empty();
    private int mtu;
    private RxFilter filter;
    private boolean started;
    private boolean closed;
    private boolean linkUp;

    /**
     * Claims the ports of the sub-devices from now on.
     *
     * @param name         the failsafe device, which owns them
     * @param onLinkChange called when the link may have changed
     */
    SubDevices(String name, FailsafeServices services, List<SubDeviceSource> sources, Paths paths,
            Runnable onLinkChange) {
        this.name = name;
        this.devices = services.devices();
        this.registry = services.ports();
        this.hotUnplug = services.hotUnplug();
        this.paths = paths;
        this.onLinkChange = onLinkChange;
        List<SubDevice> subs = new ArrayList<>();
        for (SubDeviceSource source : sources) {
            subs.add(new SubDevice(subs.size(), source));
        }
        this.all = List.copyOf(subs);
        this.claim = registry.claim(name, this::isWanted);
    }

    /** Called for each new port, perhaps under the lock of a bus. */
    private boolean isWanted(Device device, EthDevInfo info) {
        return all.stream().anyMatch(sub -> matches(sub, device, info));
    }

    private boolean matches(SubDevice sub, Port port) {
        return matches(sub, port.device(), port.info());
    }

    private boolean matches(SubDevice sub, Device device, EthDevInfo info) {
        return sub.source.mac().map(info.macAddress()::equals)
                .orElseGet(() -> sub.devargs.map(this::nameOnBus)
                        .filter(device.name()::equals).isPresent());
    }

    private String nameOnBus(Devargs devargs) {
        return devices.buses().stream().filter(bus -> bus.claims(devargs)).findFirst()
                .map(bus -> bus.nameOf(devargs)).orElse(devargs.name());
    }

    /** Looks for each sub-device that is away, and attaches those that are there. */
    synchronized void look() {
        if (closed) {
            return;
        }
        for (SubDevice sub : all) {
            if (sub.port.isEmpty()) {
                look(sub);
            }
        }
        paths.sendWaiting();
        refresh();
    }

    private void look(SubDevice sub) {
        try {
            Optional<Devargs> now = sub.source.devargs();
            if (sub.source.mac().isPresent()) {
                takeOverExisting(sub);
            } else if (!now.equals(sub.devargs)) {
                sub.expected.ifPresent(ExpectedDevice::close);
                sub.devargs = now;
                sub.expected = now.map(devargs -> devices.expect(devargs, adopter(sub)));
                if (now.isPresent()) {
                    attach(sub, now.get());
                }
            } else if (sub.adoptions == 0 && now.isPresent()) {
                attach(sub, now.get());
            } else {
                sub.expected.ifPresent(ExpectedDevice::check);
            }
        } catch (DeviceException e) {
            if (!e.getMessage().equals(sub.failure)) {
                LOG.warn("{}: sub-device {} ({}) is not there: {}", name, sub.index, sub,
                        e.getMessage());
            }
            sub.failure = e.getMessage();
        }
    }

    private void takeOverExisting(SubDevice sub) throws DeviceException {
        for (Port port : registry.ports()) {
            if (port.owner().isEmpty() && matches(sub, port)) {
                attach(sub, port.device().devargs());
                return;
            }
        }
    }

    private DeviceAdopter adopter(SubDevice sub) {
        return new DeviceAdopter() {
            @Override
            public void adopt(Devargs devargs) throws DeviceException {
                synchronized (SubDevices.this) {
                    if (!closed) {
                        attach(sub, devargs);
                    }
                }
            }

            @Override
            public void gaveUp(Devargs devargs, int attempts, DeviceException reason) {
                LOG.error("{}: sub-device {} ({}): given up after {} attempts: {}", name,
                        sub.index, devargs.name(), attempts, reason.getMessage());
            }
        };
    }

    /** Attaches the device and takes over its port. Idempotent. */
    private void attach(SubDevice sub, Devargs devargs) throws DeviceException {
        if (sub.port.isPresent()) {
            return;
        }
        Optional<Device> there = devices.find(nameOnBus(devargs))
                .filter(device -> device.state() == DeviceState.PROBED);
        Optional<Port> known = there.flatMap(device -> registry.port(device.name()));
        if (known.isPresent() && known.get().owner().isEmpty()) {
            // Another user has set it up: that user lets go of it, and the claim takes it.
            devices.detach(there.get());
            there = Optional.empty();
        }
        Device device = there.isPresent() ? there.get() : devices.attach(devargs);
        try {
            Port port = registry.port(device.name()).orElseThrow(() -> new DeviceException(
                    device + ": is no Ethernet device, it has no port"));
            adopt(sub, port);
        } catch (DeviceException e) {
            sub.failure = e.getMessage();
            detach(device);
            throw e;
        }
    }

    private void adopt(SubDevice sub, Port port) throws DeviceException {
        if (sub.port.isPresent()) {
            return;
        }
        port.own(name);
        port.receiveAs(portId);
        if (config.isPresent()) {
            setUp(port);
        }
        if (started) {
            port.start();
        }
        sub.started = started;
        sub.port = Optional.of(port);
        sub.failure = "";
        sub.adoptions++;
        LOG.info("{}: sub-device {} ({}) is there{}", name, sub.index, port.name(),
                started ? ", and started" : "");
        refresh();
    }

    private void setUp(Port port) throws DeviceException {
        SubSettings settings = new SubSettings(port);
        if (port.mtu() != mtu) {
            port.setMtu(mtu);
        }
        port.configure(settings.config(config.orElseThrow()));
        port.changeRxFilter(now -> settings.filter(filter));
        if (!settings.lacking().isEmpty()) {
            LOG.warn("{}: sub-device {} lacks {}", name, port.name(),
                    String.join("; ", settings.lacking()));
        }
    }

    /** The number to mark received packets with. */
    synchronized void portAssigned(int id) {
        portId = id;
    }

    /** Sets up the sub-devices that are there, and those that come, like that. */
    synchronized void configure(PortConfig next, int nextMtu, RxFilter nextFilter)
            throws DeviceException {
        config = Optional.of(next);
        mtu = nextMtu;
        filter = nextFilter;
        forEachPort("set up", (sub, port) -> {
            port.receiveAs(portId);
            setUp(port);
        });
    }

    /** Starts those that are there, and from now on those that come. */
    synchronized void start(int nextMtu, RxFilter nextFilter) throws DeviceException {
        mtu = nextMtu;
        filter = nextFilter;
        forEachPort("started", (sub, port) -> {
            if (port.mtu() != mtu) {
                port.setMtu(mtu);
            }
            port.start();
            sub.started = true;
        });
        started = true;
        refresh();
    }

    /** Stops all. There are no bursts. */
    synchronized void stop() {
        started = false;
        paths.use(List.of());
        for (SubDevice sub : all) {
            sub.started = false;
            sub.port.ifPresent(Port::stop);
        }
    }

    /** Receives these frames from now on. */
    synchronized void setFilter(RxFilter next) throws DeviceException {
        filter = next;
        forEachPort("told its filter", (sub, port) -> {
            SubSettings settings = new SubSettings(port);
            port.changeRxFilter(now -> settings.filter(next));
        });
    }

    @FunctionalInterface
    private interface Step {
        void run(SubDevice sub, Port port) throws DeviceException;
    }

    /**
     * Runs {@code step} for each port that is there. One that fails is let go.
     *
     * @throws DeviceException all that are there have failed
     */
    private void forEachPort(String doing, Step step) throws DeviceException {
        DeviceException failure = null;
        boolean done = false;
        for (SubDevice sub : all) {
            if (sub.port.isEmpty()) {
                continue;
            }
            Port port = sub.port.get();
            try {
                step.run(sub, port);
                done = true;
            } catch (DeviceException e) {
                LOG.error("{}: sub-device {} ({}) cannot be {}: {}", name, sub.index, sub, doing,
                        e.getMessage());
                letGo(sub, port);
                sub.failure = e.getMessage();
                failure = e;
            }
        }
        if (failure != null && !done) {
            throw failure;
        }
    }

    /** Handles an event of a port. On {@code control}. */
    void onEthEvent(EthEvent event) {
        Port port = event.port();
        switch (event.kind()) {
            case NEW -> arrived(port);
            case INTR_LSC -> withSub(port, sub -> refresh());
            case INTR_RESET -> withSub(port, this::reset);
            case INTR_RMV -> withSub(port, sub -> {
                sub.removals++;
                LOG.warn("{}: sub-device {} ({}) is gone", name, sub.index, sub);
                letGo(sub, port);
            });
            case DESTROY -> withSub(port, sub -> {
                paths.leave(port);
                sub.forgetPort();
                LOG.warn("{}: sub-device {} ({}) was taken away", name, sub.index, sub);
                refresh();
            });
        }
    }

    private synchronized void withSub(Port port, Consumer<SubDevice> task) {
        all.stream().filter(sub -> sub.is(port)).findFirst().ifPresent(task);
    }

    /** Takes over a port that this port owns by its claim. */
    private synchronized void arrived(Port port) {
        if (closed || port.owner().filter(name::equals).isEmpty()) {
            return;
        }
        for (SubDevice sub : all) {
            if (sub.port.isEmpty() && matches(sub, port)) {
                try {
                    adopt(sub, port);
                } catch (DeviceException e) {
                    sub.failure = e.getMessage();
                    LOG.error("{}: sub-device {} ({}): {}", name, sub.index, sub, e.getMessage());
                    detach(port.device());
                }
                return;
            }
        }
    }

    /** Sets a sub-device up again that has lost its state. */
    private void reset(SubDevice sub) {
        Port port = sub.port.orElseThrow();
        paths.pause(port);
        try {
            port.stop();
            port.start();
            refresh();
        } catch (DeviceException e) {
            LOG.error("{}: sub-device {} ({}) is not set up again: {}", name, sub.index, sub,
                    e.getMessage());
            hotUnplug.report(port.device(), RemovalCause.RESET_FAILED);
        }
    }

    /** Stops using the port, closes it and detaches its device. */
    private void letGo(SubDevice sub, Port port) {
        paths.leave(port);
        port.stop();
        port.close();
        sub.forgetPort();
        refresh();
        detach(port.device());
    }

    private void detach(Device device) {
        try {
            if (device.state() != DeviceState.DETACHED) {
                devices.detach(device);
            }
        } catch (DeviceException e) {
            LOG.error("{}: {}", name, e.getMessage());
        }
    }

    /**
     * Keeps lcores off {@code port}, which its driver is about to close. May be called under the
     * lock of a bus.
     */
    void release(Port port) {
        paths.leave(port);
    }

    /** Uses the sub-devices that are started; tells of a link that has changed. */
    private void refresh() {
        for (SubDevice sub : all) {
            sub.link = sub.port.map(Port::link).orElse(sub.link);
        }
        List<Port> order = order();
        paths.use(order);
        boolean up = all.stream().anyMatch(sub -> sub.started && sub.link.up());
        if (up != linkUp) {
            linkUp = up;
            onLinkChange.run();
        }
    }

    /** The ports to send through: those with a link first, then as in the devargs. */
    private List<Port> order() {
        List<Port> order = new ArrayList<>();
        all.stream().filter(sub -> sub.started && sub.port.isPresent())
                .sorted(Comparator.comparing((SubDevice sub) -> !sub.link.up())
                        .thenComparing(sub -> sub.index))
                .forEach(sub -> order.add(sub.port.get()));
        return order;
    }

    /** The sub-devices. Use them under the lock of this object. */
    List<SubDevice> all() {
        return all;
    }

    /** Lets go of all sub-devices. Idempotent. */
    synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        claim.close();
        for (SubDevice sub : all) {
            sub.expected.ifPresent(ExpectedDevice::close);
            sub.port.ifPresent(port -> {
                letGo(sub, port);
                port.disown(name);
            });
        }
    }
}
