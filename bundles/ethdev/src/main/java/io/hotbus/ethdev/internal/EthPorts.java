// SPDX-License-Identifier: Apache-2.0
package io.hotbus.ethdev.internal;

import io.hotbus.eal.bus.Device;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.hotplug.DeviceEvent;
import io.hotbus.eal.hotplug.DeviceEventListener;
import io.hotbus.eal.hotplug.DeviceEvents;
import io.hotbus.eal.hotplug.Lease;
import io.hotbus.eal.thread.ControlThread;
import io.hotbus.ethdev.EthDev;
import io.hotbus.ethdev.EthDevInfo;
import io.hotbus.ethdev.EthEvent;
import io.hotbus.ethdev.EthEventListener;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortRegistry;
import io.hotbus.ethdev.PortUser;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiFunction;
import java.util.function.BiPredicate;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The ports of the process.
 *
 * <p>The table's monitor is held while an event is handed to the control thread, which never
 * blocks. So every listener sees a port's events in the order NEW, any others, DESTROY. No port or
 * driver is called under the monitor.
 */
@Component(service = {PortRegistry.class, DeviceEventListener.class, EthPorts.class})
public final class EthPorts implements PortRegistry, DeviceEventListener {
    private static final Logger LOG = LoggerFactory.getLogger(EthPorts.class);
    private static final Duration LISTENER_PATIENCE = Duration.ofSeconds(10);

    private final ControlThread control;
    private final DeviceEvents events;
    private final List<EthEventSubscriber> subscribers = new CopyOnWriteArrayList<>();
    private final List<PortUser> users = new CopyOnWriteArrayList<>();
    private final Claims claims = new Claims();
    /** The ports by id; empty if a port with that id is being created. Guarded by itself. */
    private final TreeMap<Integer, Optional<EthPort>> table = new TreeMap<>();
    /** Guarded by the table. */
    private final PortNumbers numbers = new PortNumbers(table::containsKey);

    /** Tells of changes on {@code control}, and of what is done with ports by {@code events}. */
    @Activate
    public EthPorts(@Reference ControlThread control, @Reference DeviceEvents events) {
        this.control = control;
        this.events = events;
    }

    /** Adds a listener for events from now on. */
    void addListener(EthEventListener listener) {
        subscribers.add(new EthEventSubscriber(listener, LISTENER_PATIENCE));
    }

    /** Removes the listener. Returns when no call is inside it and none will be made. */
    void removeListener(EthEventListener listener) {
        for (EthEventSubscriber subscriber : subscribers) {
            if (subscriber.listener() == listener) {
                subscribers.remove(subscriber);
                subscriber.close();
            }
        }
    }

    /** Adds a user, which is asked to release each port before its removal. */
    void addUser(PortUser user) {
        users.add(user);
    }

    void removeUser(PortUser user) {
        users.remove(user);
    }

    @Deactivate
    void deactivate() {
        for (EthPort port : snapshot()) {
            LOG.warn("{}: its driver left it behind, closing it", port);
            remove(port);
        }
    }

    @Override
    public List<Port> ports() {
        return List.copyOf(snapshot());
    }

    /** Warns of each port that has begun to starve. */
    void watchBuffers() {
        snapshot().forEach(EthPort::watchBuffers);
    }

    private List<EthPort> snapshot() {
        synchronized (table) {
            return table.values().stream().flatMap(Optional::stream).toList();
        }
    }

    @Override
    public Optional<Port> port(int id) {
        synchronized (table) {
            return table.getOrDefault(id, Optional.empty()).map(Port.class::cast);
        }
    }

    @Override
    public Optional<Port> port(String name) {
        return ports().stream().filter(port -> port.name().equals(name)).findFirst();
    }

    @Override
    public Port add(Device device, EthDev dev) {
        Optional<String> owner = claims.owner(device, dev.info());
        int id = takeId(device.name(), owner.isPresent() ? FIRST_CLAIMED : 0);
        EthPort port;
        try {
            port = new EthPort(id, device, dev, owner, events);
            dev.portAssigned(id);
        } catch (RuntimeException e) {
            synchronized (table) {
                table.remove(id);
            }
            throw e;
        }
        synchronized (table) {
            table.put(id, Optional.of(port));
            raise(EthEvent.Kind.NEW, port);
        }
        LOG.info("{}: new, driver {}, MAC {}", port, port.info().driver(), port.macAddress());
        // The removal may have been reported before this port was in the table.
        if (device.isGone()) {
            deviceRemoved(port);
        }
        return port;
    }

    private int takeId(String device, int lowest) {
        synchronized (table) {
            int id = numbers.take(device, lowest);
            table.put(id, Optional.empty());
            return id;
        }
    }

    @Override
    public Lease keepNumber(int id, String device) {
        synchronized (table) {
            if (!numbers.keep(id, device)) {
                return () -> { };
            }
        }
        return () -> {
            synchronized (table) {
                numbers.release(id);
            }
        };
    }

    @Override
    public Lease claim(String owner, BiPredicate<Device, EthDevInfo> wanted) {
        return claims.add(owner, wanted);
    }

    @Override
    public Lease claimRest(BiFunction<Device, EthDevInfo, Optional<String>> owner) {
        return claims.addForRest(owner);
    }

    @Override
    public void remove(Port port) {
        if (!(port instanceof EthPort ours)) {
            throw new IllegalArgumentException(port + " is not of this registry");
        }
        // Called first: a user that has released the port may still receive its NEW event.
        ours.leave();
        users.forEach(user -> release(user, ours));
        try {
            ours.stop();
            users.forEach(user -> takeBack(user, ours));
        } finally {
            close(ours);
        }
    }

    private void close(EthPort ours) {
        try {
            ours.close();
        } finally {
            synchronized (table) {
                if (raiseIfPresent(EthEvent.Kind.DESTROY, ours)) {
                    table.remove(ours.id());
                    LOG.info("{}: gone", ours);
                }
            }
        }
    }

    private static void release(PortUser user, EthPort port) {
        try {
            user.release(port);
        } catch (DeviceException | RuntimeException e) {
            LOG.error("{}: closed while in use: {}", port, e.getMessage(), e);
        }
    }

    private static void takeBack(PortUser user, EthPort port) {
        try {
            user.takeBack(port);
        } catch (RuntimeException e) {
            LOG.error("{}: what it has not sent is lost", port, e);
        }
    }

    @Override
    public void linkChanged(Port port) {
        if (port instanceof EthPort ours && raiseIfPresent(EthEvent.Kind.INTR_LSC, ours)) {
            LOG.debug("{}: link changed", port);
        }
    }

    @Override
    public void resetNeeded(Port port) {
        if (port instanceof EthPort ours && raiseIfPresent(EthEvent.Kind.INTR_RESET, ours)) {
            LOG.debug("{}: has to be set up again", port);
        }
    }

    /** Handles the removal of a device. On {@code control}. */
    @Override
    public void onDeviceEvent(DeviceEvent event) {
        if (event.kind() == DeviceEvent.Kind.REMOVE && event.device().isPresent()) {
            Device device = event.device().get();
            snapshot().stream().filter(port -> port.device() == device)
                    .forEach(this::deviceRemoved);
        }
    }

    private void deviceRemoved(EthPort port) {
        if (port.deviceRemoved()) {
            LOG.warn("{}: its device is gone, its queues are idle from now on", port);
            raiseIfPresent(EthEvent.Kind.INTR_RMV, port);
        }
    }

    /** Raises the event if {@code port} is in the table. Returns whether it is. */
    private boolean raiseIfPresent(EthEvent.Kind kind, EthPort port) {
        synchronized (table) {
            boolean present = table.getOrDefault(port.id(), Optional.empty())
                    .filter(entry -> entry == port).isPresent();
            if (present) {
                raise(kind, port);
            }
            return present;
        }
    }

    private void raise(EthEvent.Kind kind, EthPort port) {
        EthEvent event = new EthEvent(kind, port, System.nanoTime());
        for (EthEventSubscriber subscriber : subscribers) {
            control.execute(subscriber.listener(), () -> subscriber.deliver(event));
        }
    }
}
