// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.port;

import io.hotbus.eal.bus.Bus;
import io.hotbus.eal.bus.Device;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.bus.DeviceManager;
import io.hotbus.eal.bus.DeviceState;
import io.hotbus.eal.hotplug.DeviceEvent;
import io.hotbus.eal.hotplug.DeviceEventListener;
import io.hotbus.eal.thread.ControlThread;
import io.hotbus.ethdev.Port;
import io.hotbus.testpmd.Options;
import io.hotbus.testpmd.Reattach;
import io.hotbus.testpmd.internal.port.LostDevices.Lost;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Attaches a device again that was removed, with the devargs it had, once it is back.
 *
 * <p>That takes two events, in either order: the device has returned (ADD, or BIND if a kernel
 * driver has to take it first), and the removed one is detached. A failed attempt is repeated a few
 * times, since a device may appear before everything that it needs.
 *
 * <p>While a bus is away, no event says what returns to it. So the next bus of that name is told to
 * expect the devices that its predecessor lost.
 *
 * <p>Events are handled on {@code control}. An attach may take so long that {@code control} goes on
 * without it, so the state is in {@link LostDevices}, which any thread may use.
 */
@Component(service = {Reattach.class, ReattachPolicy.class, DeviceEventListener.class})
public final class ReattachPolicy implements Reattach, DeviceEventListener {
    private static final Logger LOG = LoggerFactory.getLogger(ReattachPolicy.class);
    private static final int ATTEMPTS = 5;
    private static final long FIRST_DELAY_MILLIS = 50;

    private final DeviceManager devices;
    private final PortLifecycle ports;
    private final ControlThread control;
    private final LifecycleListener listener = new LifecycleListener() {
        @Override
        public void onReady(Port port) {
            onControl(() -> known.attached(port.device()));
        }

        @Override
        public void onDetached(Device device) {
            onControl(() -> {
                known.detached(device);
                attach(device.name());
            });
        }
    };
    private final LostDevices known = new LostDevices();
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
    }

    @Override
    public boolean enabled() {
        return enabled;
    }

    @Override
    public void setEnabled(boolean on) {
        enabled = on;
        if (on) {
            onControl(() -> known.names().forEach(this::attach));
        }
    }

    @Override
    public Optional<String> failure(String device) {
        return known.failure(device);
    }

    private void onControl(Runnable task) {
        control.execute(this, () -> {
            if (!closed) {
                task.run();
            }
        });
    }

    /** {@code device} was removed, and is about to be detached. */
    void lost(Device device) {
        known.lost(device);
    }

    /** As {@link LostDevices#lostWithItsBus}. */
    boolean lostWithItsBus(Device device) {
        boolean isLost = known.lostWithItsBus(device);
        if (isLost) {
            onControl(() -> attach(device.name()));
        }
        return isLost;
    }

    @Override
    public void onDeviceEvent(DeviceEvent event) {
        boolean mayBeThere = switch (event.kind()) {
            case ADD, BIND -> known.hasReturned(event);
            case REMOVE -> known.removed(event);
            case UNBIND, FAULT -> false;
        };
        if (mayBeThere) {
            attach(event.name());
        }
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addBus(Bus bus) {
        busAdded(bus.name());
    }

    void removeBus(Bus bus) {
        // what was lost before stays lost; the core bundle remembers the rest
    }

    void busAdded(String bus) {
        onControl(() -> known.of(bus).stream().filter(lost -> enabled && !isAttached(lost.name()))
                .forEach(lost -> devices.expect(bus, lost)));
    }

    /** Attaches the device of that name if it was lost, is back, and its old self is detached. */
    private void attach(String name) {
        Lost device = known.back(name).orElse(null);
        if (device == null || !enabled || isAttached(name)) {
            return;
        }
        try {
            ports.attach(device.devargs());
            LOG.info("{}: attached again with {}", name, device.devargs());
        } catch (DeviceException e) {
            failed(name, device, e);
            return;
        }
        known.found(device);
    }

    private void failed(String name, Lost device, DeviceException reason) {
        int attempt = known.failed(device);
        if (attempt < ATTEMPTS) {
            long delay = FIRST_DELAY_MILLIS << attempt - 1;
            LOG.warn("{}: not attached again at attempt {}, next in {} ms: {}", name, attempt,
                    delay, reason.getMessage());
            Executor later = CompletableFuture.delayedExecutor(delay, TimeUnit.MILLISECONDS,
                    Runnable::run);
            later.execute(() -> onControl(() -> attachAgain(name, device, attempt)));
        } else {
            known.giveUp(device, reason.getMessage());
            LOG.error("{}: given up after {} attempts to attach it again: {} (port attach {} tries "
                    + "once more)", name, ATTEMPTS, reason.getMessage(), device.devargs());
            // Its driver may be away, and return.
            devices.expect(device.bus(), device.devargs());
        }
    }

    /** Unless a new series of attempts has begun since. */
    private void attachAgain(String name, Lost device, int attempt) {
        if (known.isAt(device, attempt)) {
            attach(name);
        }
    }

    /** Whether a driver has the device, or had it until its removal and is not rid of it yet. */
    private boolean isAttached(String name) {
        return devices.find(name).filter(d -> d.state() != DeviceState.FOUND).isPresent();
    }
}
