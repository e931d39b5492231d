// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.port;

import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.Device;
import io.hotbus.eal.bus.DeviceAdopter;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.bus.DeviceManager;
import io.hotbus.eal.bus.ExpectedDevice;
import io.hotbus.eal.thread.ControlThread;
import io.hotbus.ethdev.Port;
import io.hotbus.testpmd.Options;
import io.hotbus.testpmd.Reattach;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Expects each device that was set up here until it is closed or detached on request. A device that
 * was pulled out and is back is attached again with its devargs. A device that was detached, or
 * whose port was closed, by hand is not expected.
 */
@Component(service = {Reattach.class, ReattachPolicy.class})
public final class ReattachPolicy implements Reattach {
    private static final Logger LOG = LoggerFactory.getLogger(ReattachPolicy.class);

    /** An expected device, and the device object that was set up until it is pulled out. */
    private record Known(Optional<Device> device, ExpectedDevice expected) {
        boolean is(Device which) {
            return device.filter(one -> one == which).isPresent();
        }
    }

    /** Attaches a device again, unless that is turned off for all or for this one. */
    private final class Adopter implements DeviceAdopter {
        private final String name;

        Adopter(String name) {
            this.name = name;
        }

        @Override
        public void adopt(Devargs devargs) throws DeviceException {
            ports.attach(devargs);
            LOG.info("{}: attached again with {}", devargs.name(), devargs);
        }

        @Override
        public void gaveUp(Devargs devargs, int attempts, DeviceException reason) {
            LOG.error("{}: given up after {} attempts to attach it again: {} (port attach {} tries "
                    + "once more)", devargs.name(), attempts, reason.getMessage(), devargs);
        }

        @Override
        public boolean ready() {
            return enabled && !closed && !left.contains(name);
        }
    }

    private final DeviceManager devices;
    private final PortLifecycle ports;
    private final ControlThread control;
    private final LifecycleListener listener = new LifecycleListener() {
        @Override
        public void onReady(Port port) {
            // Events before the end of the attach concern its arrival.
            onControl(() -> expect(port.device()));
        }

        @Override
        public void onUnwanted(Device device) {
            onControl(() -> forget(device));
        }
    };
    /** By name. */
    private final Map<String, Known> known = new ConcurrentHashMap<>();
    /** Names of devices that are not attached again. */
    private final Set<String> left = ConcurrentHashMap.newKeySet();
    private volatile boolean enabled;
    private volatile boolean closed;

    @Activate
    public ReattachPolicy(@Reference Options options, @Reference DeviceManager devices,
            @Reference PortLifecycle ports, @Reference ControlThread control) {
        this.devices = devices;
        this.ports = ports;
        this.control = control;
        this.enabled = options.reattach();
        ports.addListener(listener);
    }

    @Deactivate
    void deactivate() {
        closed = true;
        ports.removeListener(listener);
        known.values().forEach(device -> device.expected().close());
        known.clear();
    }

    @Override
    public boolean enabled() {
        return enabled;
    }

    @Override
    public void setEnabled(boolean on) {
        enabled = on;
        if (on) {
            known.values().forEach(device -> device.expected().check());
        }
    }

    /** Whether the device of that name is attached again when it returns, if others are. */
    public void setEnabled(String device, boolean on) {
        if (!on) {
            left.add(device);
        } else if (left.remove(device)) {
            Optional.ofNullable(known.get(device)).ifPresent(one -> one.expected().check());
        }
    }

    /** Whether the device was pulled out and is attached again when it returns. Any thread. */
    public boolean awaits(String device) {
        Known one = known.get(device);
        return enabled && one != null && one.device().isEmpty() && !left.contains(device);
    }

    /** Expects the device of that name no longer, if it was pulled out. Any thread. */
    public void giveUp(String device) {
        known.computeIfPresent(device, (name, one) -> {
            if (one.device().isPresent()) {
                return one;
            }
            one.expected().close();
            return null;
        });
    }

    @Override
    public Optional<String> failure(String device) {
        return Optional.ofNullable(known.get(device)).flatMap(one -> one.expected().failure());
    }

    private void onControl(Runnable task) {
        control.execute(this, () -> {
            if (!closed) {
                task.run();
            }
        });
    }

    private void expect(Device device) {
        Known next = known.compute(device.name(), (name, before) -> {
            if (before != null && before.expected().devargs().equals(device.devargs())) {
                return new Known(Optional.of(device), before.expected());
            }
            if (before != null) {
                before.expected().close();
            }
            return new Known(Optional.of(device),
                    devices.expect(device.devargs(), new Adopter(device.name())));
        });
        next.expected().check();
    }

    private void forget(Device device) {
        known.computeIfPresent(device.name(), (name, one) -> {
            if (!one.is(device)) {
                return one;
            }
            one.expected().close();
            return null;
        });
    }

    /**
     * Notes that {@code device} was pulled out. It is detached next, or already is because its
     * driver or its bus went. Returns whether it was expected until now; it was not if it was
     * detached here.
     */
    boolean lost(Device device) {
        Known one = known.get(device.name());
        return one != null && one.is(device)
                && known.replace(device.name(), one, new Known(Optional.empty(), one.expected()));
    }
}
