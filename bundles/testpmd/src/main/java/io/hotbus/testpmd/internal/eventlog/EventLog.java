// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.eventlog;

import com.fasterxml.jackson.core.JsonGenerator;
import io.hotbus.app.UsageException;
import io.hotbus.eal.bus.Device;
import io.hotbus.eal.hotplug.DeviceEvent;
import io.hotbus.eal.hotplug.DeviceEventListener;
import io.hotbus.eal.hotplug.SigbusFault;
import io.hotbus.eal.thread.ControlThread;
import io.hotbus.ethdev.EthEvent;
import io.hotbus.ethdev.EthEventListener;
import io.hotbus.ethdev.Port;
import io.hotbus.testpmd.Options;
import io.hotbus.testpmd.internal.port.LifecycleListener;
import io.hotbus.testpmd.internal.port.PortLifecycle;
import java.io.IOException;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/**
 * Records every event, if {@code --event-log} is given: START, the device events, the port events,
 * and DETACHED and REATTACHED of devices that were set up here.
 *
 * <p>Each line begins with {@code timeNanos}, when it happened, on the clock of {@link
 * System#nanoTime}: on Linux that is CLOCK_MONOTONIC, so that other programs on the machine can
 * compare. Lines are in the order of delivery, which may differ slightly from the order of their
 * times. They are written on {@code control}.
 */
@Component(service = {EventLog.class, DeviceEventListener.class, EthEventListener.class})
public final class EventLog implements DeviceEventListener, EthEventListener, LifecycleListener {
    private static final long CLOSE_SECONDS = 2;

    private final PortLifecycle ports;
    private final ControlThread control;
    private final Optional<EventFile> file;
    private final Optional<UsageException> obstacle;
    /**
     * Devices that are set up and not detached, by name. For {@code control}, like the next field.
     */
    private final Map<String, Device> attached = new HashMap<>();
    /** Names of devices that were detached and did not return. */
    private final Set<String> detached = new HashSet<>();

    @Activate
    public EventLog(@Reference Options options, @Reference PortLifecycle ports,
            @Reference ControlThread control) {
        this.ports = ports;
        this.control = control;
        Optional<EventFile> opened = Optional.empty();
        Optional<UsageException> wrong = Optional.empty();
        if (options.eventLog().isPresent()) {
            try {
                opened = Optional.of(new EventFile(options.eventLog().get()));
            } catch (UsageException e) {
                wrong = Optional.of(e);
            }
        }
        this.file = opened;
        this.obstacle = wrong;
        if (file.isPresent()) {
            begin();
        }
    }

    private void begin() {
        append(System.nanoTime(), "START", json -> {
            json.writeNumberField("pid", ProcessHandle.current().pid());
            json.writeStringField("clock", "CLOCK_MONOTONIC");
            json.writeStringField("wallTime", Instant.now().toString());
        });
        ports.addListener(this);
    }

    /** Returns when all events so far are written. Idempotent. */
    @Deactivate
    void deactivate() {
        if (file.isEmpty()) {
            return;
        }
        ports.removeListener(this);
        CountDownLatch written = new CountDownLatch(1);
        control.execute(this, written::countDown);
        try {
            written.await(CLOSE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        file.get().close();
    }

    /** @throws UsageException a log is asked for, but cannot be written */
    public void requireOpen() throws UsageException {
        if (obstacle.isPresent()) {
            throw obstacle.get();
        }
    }

    @Override
    public void onDeviceEvent(DeviceEvent event) {
        append(event.timeNanos(), event.kind().name(), json -> {
            json.writeStringField("bus", event.bus());
            json.writeStringField("device", event.name());
            if (event.cause().isPresent()) {
                json.writeStringField("cause", event.cause().get().name());
                json.writeBooleanField("attached", event.device().isPresent());
            }
            if (event.fault().isPresent()) {
                fault(json, event.fault().get());
            }
        });
    }

    private static void fault(JsonGenerator json, SigbusFault fault) throws IOException {
        json.writeStringField("window", fault.window());
        json.writeStringField("address", "%#x".formatted(fault.address()));
        json.writeNumberField("repairNanos", fault.repairNanos());
        json.writeNumberField("thread", fault.thread());
        json.writeNumberField("count", fault.count());
    }

    @Override
    public void onEthEvent(EthEvent event) {
        append(event.timeNanos(), event.kind().name(), json -> {
            json.writeNumberField("port", event.port().id());
            json.writeStringField("device", event.port().name());
        });
    }

    @Override
    public void onReady(Port port) {
        long now = System.nanoTime();
        control.execute(this, () -> {
            attached.put(port.name(), port.device());
            if (detached.remove(port.name())) {
                append(now, "REATTACHED", json -> {
                    json.writeNumberField("port", port.id());
                    json.writeStringField("bus", port.device().busName());
                    json.writeStringField("device", port.name());
                });
            }
        });
    }

    /** More than once for a device, perhaps, or for one whose port could not be set up. */
    @Override
    public void onDetached(Device device) {
        long now = System.nanoTime();
        control.execute(this, () -> {
            if (attached.remove(device.name(), device)) {
                detached.add(device.name());
                append(now, "DETACHED", json -> {
                    json.writeStringField("bus", device.busName());
                    json.writeStringField("device", device.name());
                });
            }
        });
    }

    private void append(long timeNanos, String event, EventFile.Fields fields) {
        file.ifPresent(log -> log.append(timeNanos, event, fields));
    }
}
