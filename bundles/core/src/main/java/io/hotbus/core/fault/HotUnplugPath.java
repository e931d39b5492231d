// SPDX-License-Identifier: Apache-2.0
package io.hotbus.core.fault;

import io.hotbus.core.plugin.DrainingServices;
import io.hotbus.core.plugin.PlugIn;
import io.hotbus.core.plugin.ServiceProperties;
import io.hotbus.core.settings.CoreSettings;
import io.hotbus.core.thread.EventLoop;
import io.hotbus.eal.bus.Device;
import io.hotbus.eal.bus.DeviceState;
import io.hotbus.eal.hotplug.BusHotplugHandler;
import io.hotbus.eal.hotplug.DeviceEvent;
import io.hotbus.eal.hotplug.DeviceEvents;
import io.hotbus.eal.hotplug.DeviceStep;
import io.hotbus.eal.hotplug.FailureHandling;
import io.hotbus.eal.hotplug.HotUnplug;
import io.hotbus.eal.hotplug.RemovalCause;
import io.hotbus.eal.hotplug.SigbusFault;
import io.hotbus.eal.io.MmioMapper;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Handles a removal. Calls the hot-plug handler of the device's bus on the thread that reports the
 * removal. If the bus has no handler at that moment, the removal waits for a handler, and the
 * handler is then called on {@code sigbus-dispatcher}.
 */
@Component(service = {HotUnplug.class, HotUnplugPath.class})
public final class HotUnplugPath implements HotUnplug {
    private static final Logger LOG = LoggerFactory.getLogger(HotUnplugPath.class);
    private static final long CLOSE_SECONDS = 5;
    private static final String STOPPING = "core is being stopped";

    private record Removal(Device device, RemovalCause cause, long timeNanos) {
    }

    private final FailureHandling failureHandling;
    private final MmioMapper mapper;
    private final DeviceEvents events;
    private final EventLoop loop;
    private final CoreSettings settings;
    private final DrainingServices<BusHotplugHandler> handlers;
    /** Removals that wait for a handler. Only the loop's thread uses it. */
    private final List<Removal> waiting = new ArrayList<>();

    @Activate
    public HotUnplugPath(@Reference FailureHandling failureHandling, @Reference MmioMapper mapper,
            @Reference DeviceEvents events, @Reference SigbusThread thread,
            @Reference CoreSettings settings) {
        this(failureHandling, mapper, events, thread.loop(), settings);
    }

    HotUnplugPath(FailureHandling failureHandling, MmioMapper mapper, DeviceEvents events,
            EventLoop loop, CoreSettings settings) {
        this.failureHandling = failureHandling;
        this.mapper = mapper;
        this.events = events;
        this.loop = loop;
        this.settings = settings;
        handlers = new DrainingServices<>(settings::serviceDrain);
    }

    /**
     * Adds {@code handler} for removals that wait and for later ones. Does not wait for the
     * handler.
     */
    public void add(BusHotplugHandler handler, ServiceProperties properties) {
        if (properties.bus().isEmpty()) {
            LOG.error("{}: has no service property {}, so it is never called",
                    handler, BusHotplugHandler.BUS);
            return;
        }
        handlers.add(handler, properties);
        loop.execute(() -> waiting.removeIf(this::handOver));
    }

    /** Takes over changed properties; a changed ranking counts from the next removal on. */
    public void update(BusHotplugHandler handler, ServiceProperties properties) {
        handlers.update(handler, properties);
    }

    /** Removes {@code handler}. Returns when the calls inside it have returned. */
    public void remove(BusHotplugHandler handler, ServiceProperties properties) {
        handlers.remove(handler, properties);
    }

    /**
     * Publishes FAULT for an access that a handler has claimed. If the fault means a removal,
     * reports the removal afterwards. Thread {@code sigbus-dispatcher}.
     */
    void faulted(Device device, SigbusFault fault, boolean isRemoval) {
        events.publish(DeviceEvent.fault(device, fault));
        events.publish(new DeviceStep(DeviceStep.Kind.REPAIR, device.busName(), device.name(),
                String.valueOf(fault.thread()), fault.timeNanos(),
                fault.timeNanos() + fault.repairNanos(), Optional.empty()));
        if (isRemoval) {
            report(device, RemovalCause.SIGBUS);
        }
    }

    @Override
    public boolean report(Device device, RemovalCause cause) {
        Removal removal = new Removal(device, cause, System.nanoTime());
        if (!device.markRemoved()) {
            LOG.debug("{}: gone (noticed by {} too)", device, cause);
            return false;
        }
        if (!failureHandling.enabled()) {
            LOG.info("{}: gone (noticed by {}), its windows left as they are, as failure handling "
                    + "is off", device, cause);
            publish(removal);
        } else if (!handOver(removal) && !loop.execute(() -> keep(removal))) {
            fail(removal, STOPPING, null);
        }
        return true;
    }

    /** Calls the handler of the bus. Returns false if there is none. */
    private boolean handOver(Removal removal) {
        Device device = removal.device();
        if (device.state() == DeviceState.DETACHED) {
            LOG.debug("{}: detached while its removal waited for the handler of its bus", device);
            publish(removal);
            return true;
        }
        for (PlugIn<BusHotplugHandler> handler : handlers.snapshot()) {
            if (handler.properties().bus().equals(device.busName()) && call(handler, removal)) {
                return true;
            }
        }
        return false;
    }

    /** Returns false if the handler is being removed. */
    private boolean call(PlugIn<BusHotplugHandler> handler, Removal removal) {
        Device device = removal.device();
        // Counted before the call: after it the application may already be releasing windows.
        int windows = device.windows().list().size();
        try {
            Optional<Removal> done = handler.call(h -> {
                events.step(DeviceStep.Kind.HOT_UNPLUG, device,
                        () -> h.handleHotUnplug(device, removal.cause()));
                return removal;
            });
            if (done.isEmpty()) {
                return false;
            }
            LOG.info("{}: gone (noticed by {}), {} windows replaced",
                    device, removal.cause(), windows);
            publish(removal);
        } catch (Throwable e) {
            // Errors too: a bundle that is going away may fail to link.
            fail(removal, handler + " failed: " + e.getMessage(), e);
        }
        return true;
    }

    private void keep(Removal removal) {
        if (handOver(removal)) {
            return;
        }
        // An update of a bundle takes milliseconds, and seconds on a machine under load.
        Duration deadline = settings.handlerWait();
        LOG.warn("{}: gone (noticed by {}); bus '{}' has no hot-plug handler now, waiting "
                + "up to {} s for one", removal.device(), removal.cause(),
                removal.device().busName(), deadline.toSeconds());
        waiting.add(removal);
        loop.schedule(deadline, () -> {
            if (waiting.remove(removal)) {
                fail(removal, "bus '%s' has had no hot-plug handler for %s s"
                        .formatted(removal.device().busName(), deadline.toSeconds()), null);
            }
        });
    }

    /**
     * Continues without the bus: sets the device to FAILED, replaces its windows and publishes the
     * removal.
     */
    private void fail(Removal removal, String why, Throwable cause) {
        Device device = removal.device();
        LOG.error("{}: gone (noticed by {}), but {}; its windows are replaced all the same",
                device, removal.cause(), why, cause);
        device.transition(DeviceState.REMOVED, DeviceState.FAILED);
        try {
            mapper.replace(device.windows());
        } catch (IOException e) {
            LOG.error("{}: an access to it may end the thread that makes it", device, e);
        }
        publish(removal);
    }

    private void publish(Removal removal) {
        events.publish(
                DeviceEvent.removed(removal.device(), removal.cause(), removal.timeNanos()));
    }

    /** Settles the waiting removals without their bus. */
    @Deactivate
    public void close() {
        CountDownLatch settled = new CountDownLatch(1);
        Runnable settle = () -> {
            waiting.forEach(removal -> fail(removal, STOPPING, null));
            waiting.clear();
            settled.countDown();
        };
        if (loop.isCurrent()) {
            settle.run();
            return;
        }
        try {
            if (loop.execute(settle) && !settled.await(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("removals that wait for their bus stay so: sigbus-dispatcher is busy");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
