// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.port;

import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.Device;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.bus.DeviceManager;
import io.hotbus.eal.bus.DeviceState;
import io.hotbus.eal.hotplug.DeviceEvent;
import io.hotbus.eal.hotplug.DeviceEventListener;
import io.hotbus.eal.thread.ControlThread;
import io.hotbus.testpmd.Options;
import io.hotbus.testpmd.Reattach;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Attaches devices that were lost by removal again, with the devargs they had, once they are back.
 *
 * <p>Two things have to have happened, in either order: the device has returned (ADD, or BIND,
 * where a kernel driver has to take it first) and its old self is detached. Everything but the
 * setters runs on {@code control}. A failed attempt is repeated a few times, since a device may be
 * there before all that it needs is.
 */
@Component(service = {Reattach.class, ReattachPolicy.class, DeviceEventListener.class})
public final class ReattachPolicy implements Reattach, DeviceEventListener {
    private static final Logger LOG = LoggerFactory.getLogger(ReattachPolicy.class);
    private static final int ATTEMPTS = 5;
    private static final long FIRST_DELAY_MILLIS = 50;

    /** A device that was pulled out. */
    private static final class Lost {
        final Device device;
        boolean returned;
        int attempts;

        Lost(Device device, boolean returned) {
            this.device = device;
            this.returned = returned;
        }

        Devargs devargs() {
            return device.devargs();
        }
    }

    private final DeviceManager devices;
    private final PortLifecycle ports;
    private final ControlThread control;
    private final Map<String, Lost> lost = new HashMap<>();
    /** Devices whose return was told before their removal. */
    private final Set<String> returnedEarly = new HashSet<>();
    private final Map<String, String> failures = new ConcurrentHashMap<>();
    private final Consumer<Device> detachListener = device -> onControl(() -> detached(device));
    private volatile boolean enabled;
    private volatile boolean closed;

    @Activate
    public ReattachPolicy(@Reference Options options, @Reference DeviceManager devices,
            @Reference PortLifecycle ports, @Reference ControlThread control) {
        this.devices = devices;
        this.ports = ports;
        this.control = control;
        this.enabled = options.reattach();
        ports.addDetachListener(detachListener);
    }

    @Deactivate
    void deactivate() {
        closed = true;
        ports.removeDetachListener(detachListener);
    }

    @Override
    public boolean enabled() {
        return enabled;
    }

    @Override
    public void setEnabled(boolean on) {
        enabled = on;
        if (on) {
            onControl(() -> List.copyOf(lost.keySet()).forEach(this::attach));
        }
    }

    @Override
    public Optional<String> failure(String device) {
        return Optional.ofNullable(failures.get(device));
    }

    private void onControl(Runnable task) {
        control.execute(this, () -> {
            if (!closed) {
                task.run();
            }
        });
    }

    /** On {@code control}: {@code device} was removed, and is about to be detached. */
    void lost(Device device) {
        String name = device.name();
        Lost known = lost.get(name);
        if (known == null || known.device != device) {
            lost.put(name, new Lost(device, returnedEarly.remove(name)));
            failures.remove(name);
        }
    }

    /** On {@code control}. A device that was detached because someone wanted it stays away. */
    private void detached(Device device) {
        Lost known = lost.get(device.name());
        if (known != null && known.device == device) {
            attach(device.name());
        } else {
            forget(device.name());
        }
    }

    @Override
    public void onDeviceEvent(DeviceEvent event) {
        switch (event.kind()) {
            case ADD, BIND -> returned(event.name());
            case REMOVE, UNBIND, FAULT -> {
                // a removal is told by the port's own event, see lost()
            }
        }
    }

    private void returned(String name) {
        Lost device = lost.get(name);
        if (device != null) {
            device.returned = true;
            device.attempts = 0;
            failures.remove(name);
            attach(name);
        } else if (isAttached(name)) {
            returnedEarly.add(name);
        }
    }

    /** Attaches the device of that name if it was lost, is back, and its old self is detached. */
    private void attach(String name) {
        Lost device = lost.get(name);
        if (device == null || !device.returned || !enabled || isAttached(name)) {
            return;
        }
        try {
            ports.attach(device.devargs());
            forget(name);
            LOG.info("{}: attached again with {}", name, device.devargs());
        } catch (DeviceException e) {
            failed(name, device, e);
        }
    }

    private void forget(String name) {
        lost.remove(name);
        returnedEarly.remove(name);
        failures.remove(name);
    }

    private void failed(String name, Lost device, DeviceException reason) {
        device.attempts++;
        if (device.attempts < ATTEMPTS) {
            long delay = FIRST_DELAY_MILLIS << device.attempts - 1;
            LOG.warn("{}: not attached again at attempt {}, next in {} ms: {}", name,
                    device.attempts, delay, reason.getMessage());
            Executor later = CompletableFuture.delayedExecutor(delay, TimeUnit.MILLISECONDS,
                    Runnable::run);
            later.execute(() -> onControl(() -> attach(name)));
        } else {
            device.returned = false;
            failures.put(name, reason.getMessage());
            LOG.error("{}: given up after {} attempts to attach it again: {} (port attach {} tries "
                    + "once more)", name, ATTEMPTS, reason.getMessage(), device.devargs());
        }
    }

    /** Whether a driver has the device, or had it until its removal and is not rid of it yet. */
    private boolean isAttached(String name) {
        return devices.find(name).filter(d -> d.state() != DeviceState.FOUND).isPresent();
    }
}
