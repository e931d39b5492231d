// SPDX-License-Identifier: Apache-2.0
package io.hotbus.itest;

import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.Device;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.bus.DeviceManager;
import io.hotbus.eal.hotplug.DeviceEvent;
import io.hotbus.eal.hotplug.DeviceEventListener;
import io.hotbus.eal.hotplug.RemovalInjector;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.eal.mem.Mempools;
import io.hotbus.ethdev.EthEvent;
import io.hotbus.ethdev.EthEventListener;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortConfig;
import io.hotbus.ethdev.PortRegistry;
import java.io.IOException;
import java.util.Hashtable;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;

/**
 * A small application for the tests. It uses the services of the platform like any other
 * application, and records the events that it receives.
 */
final class Application implements AutoCloseable, DeviceEventListener, EthEventListener {
    static final long DEADLINE_SECONDS = 120;

    final BundleContext context = FrameworkUtil.getBundle(Application.class).getBundleContext();
    final BlockingQueue<DeviceEvent> deviceEvents = new LinkedBlockingQueue<>();
    final BlockingQueue<EthEvent> ethEvents = new LinkedBlockingQueue<>();
    private final ServiceRegistration<?> registration;
    private final Mempool pool;

    Application() throws IOException {
        this(4096);
    }

    /** Creates an application with {@code buffers} buffers for packets. */
    Application(int buffers) throws IOException {
        pool = service(Mempools.class).create("itest", buffers, Mempool.DEFAULT_DATA_ROOM);
        registration = context.registerService(new String[] {
                DeviceEventListener.class.getName(), EthEventListener.class.getName()}, this, null);
    }

    /** The service of that type; the test fails if there is none. */
    <T> T service(Class<T> type) {
        return find(type).orElseThrow(() -> new AssertionError("no service " + type.getName()));
    }

    /** The service of that type; empty if there is none at the moment. */
    <T> Optional<T> find(Class<T> type) {
        return Optional.ofNullable(context.getServiceReference(type)).map(context::getService);
    }

    /** Registers {@code script} for the fixture of that name. */
    ServiceRegistration<?> script(String fixture, BiConsumer<String, Object> script) {
        return context.registerService(BiConsumer.class, script,
                new Hashtable<>(Map.of("itest.fixture", fixture)));
    }

    Device attach(String devargs) throws DeviceException {
        return service(DeviceManager.class).attach(Devargs.parse(devargs));
    }

    /** Attaches the device and starts its port with one queue of 256 descriptors. */
    Port start(String devargs) throws DeviceException {
        Device device = attach(devargs);
        Port port = service(PortRegistry.class).port(device.name()).orElseThrow();
        start(port);
        return port;
    }

    void start(Port port) throws DeviceException {
        port.configure(new PortConfig(1, 256, 256, pool));
        port.start();
    }

    /** Closes a port and detaches its device, as an application does after a removal. */
    void giveUp(Port port) throws DeviceException {
        port.stop();
        port.close();
        service(DeviceManager.class).detach(port.device());
    }

    Mempool pool() {
        return pool;
    }

    /** Waits for the next event that matches, and drops the events before it. */
    static <E> E await(BlockingQueue<E> events, Predicate<E> wanted) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS);
        while (true) {
            E event = events.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
            if (event == null) {
                throw new AssertionError("the event did not come");
            }
            if (wanted.test(event)) {
                return event;
            }
        }
    }

    DeviceEvent awaitDevice(DeviceEvent.Kind kind, String name) throws InterruptedException {
        return await(deviceEvents, e -> e.kind() == kind && e.name().equals(name));
    }

    EthEvent awaitPort(EthEvent.Kind kind, String name) throws InterruptedException {
        return await(ethEvents, e -> e.kind() == kind && e.port().name().equals(name));
    }

    /** Forgets the events, since they keep devices and the classes of drivers in memory. */
    void forgetEvents() {
        deviceEvents.clear();
        ethEvents.clear();
    }

    @Override
    public void onDeviceEvent(DeviceEvent event) {
        deviceEvents.add(event);
    }

    @Override
    public void onEthEvent(EthEvent event) {
        ethEvents.add(event);
    }

    /** Leaves the platform as it was: no device attached, every slot plugged in. */
    @Override
    public void close() throws DeviceException {
        registration.unregister();
        for (Port port : service(PortRegistry.class).ports()) {
            port.stop();
            port.close();
        }
        for (Device device : service(DeviceManager.class).devices()) {
            service(DeviceManager.class).detach(device);
        }
        RemovalInjector injector = service(RemovalInjector.class);
        for (RemovalInjector.Slot slot : injector.slots()) {
            if (!slot.present()) {
                injector.plug(slot.name());
            }
        }
        pool.close();
    }
}
