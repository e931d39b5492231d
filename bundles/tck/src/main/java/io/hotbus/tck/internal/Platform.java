// SPDX-License-Identifier: Apache-2.0
package io.hotbus.tck.internal;

import io.hotbus.eal.bus.Bus;
import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.Device;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.bus.DeviceManager;
import io.hotbus.eal.hotplug.BusHotplugHandler;
import io.hotbus.eal.hotplug.DeviceEvent;
import io.hotbus.eal.hotplug.DeviceEventListener;
import io.hotbus.eal.hotplug.FailureHandling;
import io.hotbus.eal.hotplug.HotUnplug;
import io.hotbus.eal.hotplug.Lease;
import io.hotbus.eal.thread.ControlThread;
import io.hotbus.ethdev.EthEvent;
import io.hotbus.ethdev.EthEventListener;
import io.hotbus.ethdev.PortRegistry;
import io.hotbus.ethdev.PortUser;
import io.hotbus.os.Linux;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;
import org.osgi.util.tracker.ServiceTracker;

/**
 * The platform as an application sees it: the services, and the events that it receives. Failure
 * handling is on from {@link #open} to {@link #close}.
 */
public final class Platform implements AutoCloseable, DeviceEventListener, EthEventListener {
    private final BundleContext context =
            FrameworkUtil.getBundle(Platform.class).getBundleContext();
    private final Settings settings;
    private final Awaiting awaiting;
    private final List<DeviceEvent> events = new CopyOnWriteArrayList<>();
    private final List<EthEvent> portEvents = new CopyOnWriteArrayList<>();
    private ServiceRegistration<?> listeners;
    private Lease failureHandling;

    Platform(Settings settings) {
        this.settings = settings;
        this.awaiting = new Awaiting(settings.deadline());
    }

    /**
     * Turns failure handling on.
     *
     * @throws AssertionError a service of the platform is missing
     */
    public void open() throws DeviceException {
        for (Class<?> type : List.of(
                DeviceManager.class, HotUnplug.class, PortRegistry.class, Linux.class)) {
            service(type);
        }
        failureHandling = service(FailureHandling.class).enable();
        listeners = context.registerService(new String[] {
                DeviceEventListener.class.getName(), EthEventListener.class.getName()}, this, null);
    }

    @Override
    public void close() {
        if (listeners != null) {
            listeners.unregister();
            listeners = null;
        }
        if (failureHandling != null) {
            failureHandling.close();
        }
    }

    public Settings settings() {
        return settings;
    }

    public Awaiting awaiting() {
        return awaiting;
    }

    /** Waits for the service of that type: a bundle that was just started may register it late. */
    public <T> T service(Class<T> type) {
        ServiceTracker<T, T> tracker = new ServiceTracker<>(context, type, null);
        tracker.open();
        try {
            T service = tracker.waitForService(awaiting.deadline().toMillis());
            if (service == null) {
                throw new AssertionError("no service " + type.getName()
                        + ": are io.hotbus.core, io.hotbus.os, io.hotbus.ethdev and"
                        + " org.apache.felix.scr among the bundles of this run?");
            }
            return service;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        } finally {
            tracker.close();
        }
    }

    /** All present services of that type. */
    public <T> List<T> services(Class<T> type) {
        return references(type, null).map(context::getService)
                .filter(service -> service != null).toList();
    }

    private <T> Stream<ServiceReference<T>> references(Class<T> type, String filter) {
        try {
            Collection<ServiceReference<T>> found = context.getServiceReferences(type, filter);
            return found.stream();
        } catch (InvalidSyntaxException e) {
            throw new IllegalArgumentException(e);
        }
    }

    public DeviceManager devices() {
        return service(DeviceManager.class);
    }

    public PortRegistry ports() {
        return service(PortRegistry.class);
    }

    // ---- buses ----

    /** The bus that claims {@code devargs}. */
    public Bus busOf(Devargs devargs) {
        return awaitBus(devargs).orElseThrow(() -> new AssertionError(
                "no bus claims '%s' (buses: %s): is the bundle of its bus among those of this run,"
                        .formatted(devargs, devices().buses().stream().map(Bus::name)
                                .collect(Collectors.joining(", ")))
                        + " active, and is its Bus a service with the property "
                        + BusHotplugHandler.BUS + "?"));
    }

    /** Waits for the bus that claims {@code devargs}; empty if there is none in time. */
    Optional<Bus> awaitBus(Devargs devargs) {
        awaiting.holds(() -> findBus(devargs).isPresent());
        return findBus(devargs);
    }

    Optional<Bus> findBus(Devargs devargs) {
        return devices().buses().stream()
                .filter(bus -> devargs.bus().orElse(bus.name()).equals(bus.name())
                        && bus.claims(devargs)).findFirst();
    }

    /** The service reference of the bus {@code name}. */
    public Optional<ServiceReference<Bus>> busReference(String name) {
        return references(Bus.class, "(" + BusHotplugHandler.BUS + "=" + name + ")").findFirst();
    }

    /** Waits for the bus {@code name} and returns it. */
    public Bus bus(String name) {
        awaiting.holds(() -> busReference(name).isPresent());
        return busReference(name).map(context::getService).orElseThrow(() -> new AssertionError(
                "no service Bus with the property " + BusHotplugHandler.BUS + "=" + name));
    }

    /** The services of {@code type} that the bundle of the bus {@code name} has registered. */
    public <T> List<T> besideBus(String name, Class<T> type) {
        Bundle bundle = busReference(name).orElseThrow().getBundle();
        return references(type, null).filter(reference -> bundle.equals(reference.getBundle()))
                .map(context::getService).filter(service -> service != null).toList();
    }

    /** The hot-plug handlers of {@code bus}. */
    public List<BusHotplugHandler> handlers(String bus) {
        return references(BusHotplugHandler.class, "(" + BusHotplugHandler.BUS + "=" + bus + ")")
                .map(context::getService).filter(handler -> handler != null).toList();
    }

    /** All bundles of the framework. */
    public List<Bundle> bundles() {
        return List.of(context.getBundles());
    }

    /** Registers {@code user}, which is asked to release ports until it is unregistered. */
    ServiceRegistration<?> register(PortUser user) {
        return context.registerService(PortUser.class, user, null);
    }

    // ---- events ----

    @Override
    public void onDeviceEvent(DeviceEvent event) {
        events.add(event);
    }

    @Override
    public void onEthEvent(EthEvent event) {
        portEvents.add(event);
    }

    /** The events of that kind about {@code device} so far. */
    public List<DeviceEvent> events(DeviceEvent.Kind kind, Device device) {
        return events.stream().filter(event -> event.kind() == kind
                && event.device().filter(of -> of == device).isPresent()).toList();
    }

    /** The events of that kind about a device of that name so far. */
    public List<DeviceEvent> events(DeviceEvent.Kind kind, String name) {
        return events.stream().filter(event -> event.kind() == kind && event.name().equals(name))
                .toList();
    }

    /** The events of that kind about the port of {@code device} so far. */
    public List<EthEvent> events(EthEvent.Kind kind, Device device) {
        return portEvents.stream().filter(
                event -> event.kind() == kind && event.port().device() == device).toList();
    }

    /** Waits until all events published before have been delivered. */
    public void settle() throws InterruptedException {
        CountDownLatch done = new CountDownLatch(1);
        service(ControlThread.class).execute(this, done::countDown);
        if (!done.await(awaiting.deadline().toMillis(), TimeUnit.MILLISECONDS)) {
            throw new AssertionError("the control thread does not return from a listener");
        }
    }
}
