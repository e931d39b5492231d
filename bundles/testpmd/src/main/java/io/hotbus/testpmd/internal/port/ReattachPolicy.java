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
import io.hotbus.ethdev.Port;
import io.hotbus.testpmd.Options;
import io.hotbus.testpmd.Reattach;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
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
 * where a kernel driver has to take it first) and its old self is detached. A failed attempt is
 * repeated a few times, since a device may be there before all that it needs is.
 *
 * <p>A bus may have a kernel driver take a device while it attaches it: such a BIND is told during
 * or soon after an attach, and says nothing new.
 *
 * <p>Events are dealt with on {@code control}; an attach may take so long that control leaves it
 * to itself, so what is known is guarded by the monitor, which is not held meanwhile.
 */
@Component(service = {Reattach.class, ReattachPolicy.class, DeviceEventListener.class})
public final class ReattachPolicy implements Reattach, DeviceEventListener {
    private static final Logger LOG = LoggerFactory.getLogger(ReattachPolicy.class);
    private static final int ATTEMPTS = 5;
    private static final long FIRST_DELAY_MILLIS = 50;
    /** The kernel tells of a BIND within milliseconds. */
    private static final long OWN_BIND_NANOS = Duration.ofMillis(250).toNanos();

    /** A device that was pulled out. */
    private static final class Lost {
        final Device device;
        boolean returned;
        /** Since it returned. */
        int attempts;
        /** When the last attempt failed. */
        long failedNanos;

        Lost(Device device, boolean returned) {
            this.device = device;
            this.returned = returned;
        }

        Devargs devargs() {
            return device.devargs();
        }

        boolean mayHaveCaused(DeviceEvent bind) {
            return attempts > 0 && bind.timeNanos() - failedNanos < OWN_BIND_NANOS;
        }
    }

    private final DeviceManager devices;
    private final PortLifecycle ports;
    private final ControlThread control;
    private final LifecycleListener listener = new LifecycleListener() {
        @Override
        public void onReady(Port port) {
            onControl(() -> attached(port.device()));
        }

        @Override
        public void onDetached(Device device) {
            onControl(() -> detached(device));
        }
    };
    private final Map<String, Lost> lost = new HashMap<>();
    /** Devices that were set up, as far as was told here, and are neither lost nor detached. */
    private final Map<String, Device> attached = new HashMap<>();
    /** Those of them whose removal was told, though not by the port's own event yet. */
    private final Map<String, Device> removed = new HashMap<>();
    /** Those of them whose return was told, though not their removal by the port's own event. */
    private final Map<String, Device> returnedEarly = new HashMap<>();
    private final Map<String, String> failures = new HashMap<>();
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
            onControl(() -> lostNames().forEach(this::attach));
        }
    }

    private synchronized List<String> lostNames() {
        return List.copyOf(lost.keySet());
    }

    @Override
    public synchronized Optional<String> failure(String device) {
        return Optional.ofNullable(failures.get(device));
    }

    private void onControl(Runnable task) {
        control.execute(this, () -> {
            if (!closed) {
                task.run();
            }
        });
    }

    /** {@code device} was removed, and is about to be detached. */
    synchronized void lost(Device device) {
        String name = device.name();
        Lost known = lost.get(name);
        if (known == null || known.device != device) {
            boolean returned = returnedEarly.get(name) == device;
            forget(name);
            lost.put(name, new Lost(device, returned));
        }
    }

    /** Events told from now on are about what comes after {@code device}. */
    private synchronized void attached(Device device) {
        String name = device.name();
        Lost known = lost.get(name);
        if (known == null || known.device != device) {
            forget(name);
            attached.put(name, device);
        }
    }

    /** A device that was detached because someone wanted it stays away. */
    private void detached(Device device) {
        String name = device.name();
        synchronized (this) {
            Lost known = lost.get(name);
            if (known == null || known.device != device) {
                forget(name);
                return;
            }
        }
        attach(name);
    }

    private void forget(String name) {
        lost.remove(name);
        attached.remove(name);
        removed.remove(name);
        returnedEarly.remove(name);
        failures.remove(name);
    }

    @Override
    public void onDeviceEvent(DeviceEvent event) {
        switch (event.kind()) {
            case ADD, BIND -> {
                if (hasReturned(event)) {
                    attach(event.name());
                }
            }
            case REMOVE -> removed(event);
            case UNBIND, FAULT -> {
                // says nothing of a return
            }
        }
    }

    /** Whether it says that a device that was lost is back. */
    private synchronized boolean hasReturned(DeviceEvent event) {
        String name = event.name();
        boolean bind = event.kind() == DeviceEvent.Kind.BIND;
        Lost device = lost.get(name);
        if (device == null) {
            Device present = attached.get(name);
            // ADD says that a removal was not noticed; BIND does not, it may be told late.
            if (present != null && (!bind || removed.get(name) == present)) {
                returnedEarly.put(name, present);
            }
            return false;
        }
        if (bind && device.mayHaveCaused(event)) {
            return false;
        }
        device.returned = true;
        device.attempts = 0;
        failures.remove(name);
        return true;
    }

    /** Without a device: it was pulled out once more before it could be attached. */
    private synchronized void removed(DeviceEvent event) {
        String name = event.name();
        Lost device = lost.get(name);
        if (event.device().isPresent()) {
            event.device().filter(present -> present == attached.get(name))
                    .ifPresent(present -> removed.put(name, present));
        } else if (device != null) {
            device.returned = false;
            device.attempts = 0;
            failures.remove(name);
        }
    }

    /** Attaches the device of that name if it was lost, is back, and its old self is detached. */
    private void attach(String name) {
        Lost device;
        synchronized (this) {
            device = lost.get(name);
            if (device == null || !device.returned) {
                return;
            }
        }
        if (!enabled || isAttached(name)) {
            return;
        }
        try {
            ports.attach(device.devargs());
            LOG.info("{}: attached again with {}", name, device.devargs());
        } catch (DeviceException e) {
            failed(name, device, e);
            return;
        }
        synchronized (this) {
            // Unless it was lost again already.
            if (lost.get(name) == device) {
                lost.remove(name);
            }
        }
    }

    private synchronized void failed(String name, Lost device, DeviceException reason) {
        int attempt = ++device.attempts;
        device.failedNanos = System.nanoTime();
        if (attempt < ATTEMPTS) {
            long delay = FIRST_DELAY_MILLIS << attempt - 1;
            LOG.warn("{}: not attached again at attempt {}, next in {} ms: {}", name, attempt,
                    delay, reason.getMessage());
            Executor later = CompletableFuture.delayedExecutor(delay, TimeUnit.MILLISECONDS,
                    Runnable::run);
            later.execute(() -> onControl(() -> attachAgain(name, device, attempt)));
        } else {
            device.returned = false;
            failures.put(name, reason.getMessage());
            LOG.error("{}: given up after {} attempts to attach it again: {} (port attach {} tries "
                    + "once more)", name, ATTEMPTS, reason.getMessage(), device.devargs());
        }
    }

    /** Unless a new series of attempts has begun since. */
    private void attachAgain(String name, Lost device, int attempt) {
        boolean due;
        synchronized (this) {
            due = lost.get(name) == device && device.attempts == attempt;
        }
        if (due) {
            attach(name);
        }
    }

    /** Whether a driver has the device, or had it until its removal and is not rid of it yet. */
    private boolean isAttached(String name) {
        return devices.find(name).filter(d -> d.state() != DeviceState.FOUND).isPresent();
    }
}
