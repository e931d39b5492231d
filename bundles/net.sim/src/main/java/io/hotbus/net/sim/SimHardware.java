// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.sim;

import io.hotbus.bus.vdev.VdevBus;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.hotplug.RemovalInjector;
import io.hotbus.os.Linux;
import io.hotbus.os.LinuxException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The machine that the NICs are in: its slots and wires. Pulls NICs out and plugs them in. Control
 * threads.
 *
 * <p>A slot with a NIC is created when a driver attaches a NIC of that name. It stays until the
 * driver releases a NIC that is still in the slot. A NIC has power, memory and its end of a wire
 * while a driver has it. Interrupts and the bus's notice of a removal come on the thread {@code
 * sim-events}.
 */
@Component(service = {SimHardware.class, RemovalInjector.class})
public final class SimHardware implements RemovalInjector {
    private static final Logger LOG = LoggerFactory.getLogger(SimHardware.class);
    private static final long TELL_SECONDS = 10;

    /** Guarded by the component. */
    private static final class Place {
        private boolean present = true;
        /** The NIC with power on, if a driver has it attached. */
        private SimNic nic;
        private int ueventMillis = SimArgs.DEFAULT_UEVENT_MILLIS;
        /** The notice of the last removal. */
        private Notice notice;
    }

    /** Tells the bus of a removal, once. */
    private final class Notice implements Runnable {
        private final String name;
        private final ScheduledFuture<?> later;
        /** Of the thread sim-events. */
        private boolean told;

        Notice(String name, int millis) {
            this.name = name;
            this.later = events.schedule(this, millis, TimeUnit.MILLISECONDS);
        }

        /** On sim-events. */
        @Override
        public void run() {
            if (!told) {
                told = true;
                bus.get().unplugged(name);
            }
        }
    }

    private final Linux linux;
    private final Supplier<VdevBus> bus;
    private final SimEngine engine;
    private final Map<String, Place> places = new TreeMap<>();
    private final ScheduledThreadPoolExecutor events;

    /**
     * Gets the bus when there is something to report, not earlier: the bus may be binding the
     * driver that needs this component.
     */
    @Activate
    public SimHardware(@Reference Linux linux,
            @Reference(service = VdevBus.class) ServiceReference<VdevBus> bus,
            BundleContext context) {
        this(linux, () -> context.getService(bus));
    }

    SimHardware(Linux linux, Supplier<VdevBus> bus) {
        this.linux = linux;
        this.bus = bus;
        engine = new SimEngine(linux);
        events = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "sim-events");
            thread.setDaemon(true);
            return thread;
        }, (task, executor) -> cancel(task));
        events.setKeepAliveTime(1, TimeUnit.SECONDS);
        events.allowCoreThreadTimeOut(true);
        events.setRemoveOnCancelPolicy(true);
    }

    @Deactivate
    public void deactivate() {
        events.shutdownNow().forEach(SimHardware::cancel);
        synchronized (this) {
            places.values().stream().map(place -> place.nic).toList().forEach(this::powerOff);
            places.clear();
        }
    }

    /** Ends all waits for tasks that will not run. */
    private static void cancel(Runnable task) {
        ((Future<?>) task).cancel(false);
    }

    /**
     * Powers the NIC in slot {@code name} on, in reset and with its wire plugged in.
     *
     * @throws DeviceException the slot is empty, the wire is not possible, or there is no memory
     */
    synchronized SimNic powerOn(String name, SimArgs args) throws DeviceException {
        Place place = places.getOrDefault(name, new Place());
        if (!place.present) {
            throw new DeviceException(name + ": not plugged in (device plug " + name + ")");
        }
        if (place.nic != null) {
            throw new DeviceException(name + ": another driver has it");
        }
        Optional<SimNic> peer = SimWiring.peerOf(name, args, powered());
        SimNic nic;
        try {
            nic = new SimNic(name, args, linux, engine, events);
        } catch (LinuxException e) {
            throw new DeviceException(name + ": no memory for its registers: " + e.getMessage(), e);
        }
        places.put(name, place);
        place.nic = nic;
        place.ueventMillis = args.ueventMillis();
        engine.add(nic);
        Optional<SimNic> other = args.loopback() ? Optional.of(nic) : peer;
        other.ifPresent(end -> engine.call(() -> nic.wire(end)));
        LOG.info("{}: power on, {} queue(s), {}", name, args.queues(), args.loopback()
                ? "loopback plug" : other.map(end -> "wired to " + end.name()).orElse("no wire"));
        return nic;
    }

    private List<SimNic> powered() {
        return places.values().stream().map(p -> p.nic).filter(nic -> nic != null).toList();
    }

    /**
     * Powers {@code nic} off, pulled out or not, because the driver releases it. It accesses no
     * memory afterwards.
     */
    synchronized void powerOff(SimNic nic) {
        if (nic == null) {
            return;
        }
        engine.remove(nic);
        try {
            nic.close();
        } catch (LinuxException e) {
            LOG.warn("{}: {}", nic.name(), e.getMessage());
        }
        Place place = places.get(nic.name());
        if (place != null && place.nic == nic) {
            places.remove(nic.name());
            LOG.info("{}: power off", nic.name());
        }
    }

    @Override
    public synchronized List<Slot> slots() {
        return places.entrySet().stream()
                .map(e -> new Slot(e.getKey(), e.getValue().present)).toList();
    }

    /**
     * {@inheritDoc}
     *
     * <p>The time is taken right before the memory goes, so that no access can have found it gone
     * earlier. The bus is told after {@code uevent_ms}.
     */
    @Override
    public synchronized long yank(String name) throws DeviceException {
        Place place = place(name);
        if (!place.present) {
            throw new DeviceException(name + ": pulled out already (device plug " + name + ")");
        }
        SimNic nic = place.nic;
        place.nic = null;
        place.present = false;
        try {
            return nic == null ? System.nanoTime() : pullOut(nic);
        } finally {
            place.notice = new Notice(name, place.ueventMillis);
            LOG.info("{}: yanked", name);
        }
    }

    private long pullOut(SimNic nic) throws DeviceException {
        engine.remove(nic);
        try {
            return nic.vanish();
        } catch (LinuxException e) {
            throw new DeviceException(
                    nic.name() + ": its memory would not go: " + e.getMessage(), e);
        }
    }

    /**
     * {@inheritDoc}
     *
     * <p>A NIC that went in the meantime without notice is reported as removed first, because a
     * kernel's uevents keep their order, too.
     */
    @Override
    public void plug(String name) throws DeviceException {
        Future<?> told;
        synchronized (this) {
            Place place = place(name);
            if (place.present) {
                throw new DeviceException(name + ": plugged in already (device yank " + name + ")");
            }
            place.present = true;
            Notice removal = place.notice;
            removal.later.cancel(false);
            LOG.debug("{}: plugged in, the bus is told", name);
            told = events.submit(() -> {
                removal.run();
                bus.get().plugged(name);
            });
        }
        await(name, told);
    }

    private Place place(String name) throws DeviceException {
        Place place = places.get(name);
        if (place == null) {
            throw new DeviceException("%s: no such slot (there are: %s); attaching makes one"
                    .formatted(name,
                            places.isEmpty() ? "none" : String.join(", ", places.keySet())));
        }
        return place;
    }

    private static void await(String name, Future<?> told) throws DeviceException {
        try {
            told.get(TELL_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DeviceException(name + ": interrupted while telling the bus", e);
        } catch (CancellationException e) {
            throw new DeviceException(
                    name + ": plugged in, but net.sim is being stopped: the bus is not told", e);
        } catch (TimeoutException e) {
            throw new DeviceException("%s: the bus has not taken the news for %s s"
                    .formatted(name, TELL_SECONDS), e);
        } catch (ExecutionException e) {
            throw new DeviceException(name + ": the bus failed at the news: " + e.getCause(), e);
        }
    }
}
