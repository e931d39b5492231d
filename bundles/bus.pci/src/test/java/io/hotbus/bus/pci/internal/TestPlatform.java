// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.pci.internal;

import io.hotbus.bus.BusServices;
import io.hotbus.bus.pci.PciDevice;
import io.hotbus.core.device.Buses;
import io.hotbus.core.device.DeviceLists;
import io.hotbus.core.event.Control;
import io.hotbus.core.event.DeviceEventDispatcher;
import io.hotbus.core.fault.FailureHandlingControl;
import io.hotbus.core.fault.FaultTally;
import io.hotbus.core.fault.HotUnplugPath;
import io.hotbus.core.fault.SigbusDispatcher;
import io.hotbus.core.fault.SigbusThread;
import io.hotbus.core.fault.WindowMapper;
import io.hotbus.core.plugin.ServiceProperties;
import io.hotbus.core.settings.CoreSettings;
import io.hotbus.core.thread.Interrupts;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.bus.Bus;
import io.hotbus.eal.hotplug.BusHotplugHandler;
import io.hotbus.eal.hotplug.DeviceEvent;
import io.hotbus.eal.hotplug.Lease;
import io.hotbus.eal.hotplug.SigbusHandler;
import io.hotbus.os.Linux;
import io.hotbus.os.SigbusWindows;
import io.hotbus.os.internal.LinuxCalls;
import io.hotbus.os.internal.NativeLibrary;
import io.hotbus.os.internal.NativeSigbusWindows;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** The platform, put together as in the framework: real SIGBUS, real windows, real threads. */
final class TestPlatform implements AutoCloseable {
    static final Linux LINUX = new LinuxCalls();
    private static final SigbusWindows TABLE = table();
    private static final long PATIENCE_SECONDS = 30;

    private final CoreSettings settings = new CoreSettings();
    private final Buses buses = new Buses(settings);
    final DeviceLists lists = new DeviceLists(buses);
    final Control control = new Control(settings);
    final DeviceEventDispatcher events = new DeviceEventDispatcher(control, lists, settings);
    final WindowMapper mapper;
    final Interrupts interrupts;
    final HotUnplugPath hotUnplug;
    private final BlockingQueue<DeviceEvent> published = new LinkedBlockingQueue<>();
    private final FailureHandlingControl failureHandling;
    private final SigbusDispatcher dispatcher;
    private final SigbusThread thread;

    /** {@code linux}: what windows are mapped with. */
    TestPlatform(Linux linux) throws Exception {
        TABLE.take(); // what earlier tests have left in it
        mapper = new WindowMapper(linux, TABLE);
        interrupts = new Interrupts(LINUX);
        thread = new SigbusThread(LINUX);
        FaultTally tally = new FaultTally();
        failureHandling = new FailureHandlingControl(TABLE, thread, tally);
        failureHandling.enable();
        hotUnplug = new HotUnplugPath(failureHandling, mapper, events, thread, settings);
        dispatcher = new SigbusDispatcher(
                TABLE, mapper, hotUnplug, thread, tally, settings);
        events.add(published::add, new ServiceProperties(0, 0, ""));
    }

    private static SigbusWindows table() {
        try {
            return new NativeSigbusWindows(
                    NativeLibrary.load(Path.of(System.getProperty("java.io.tmpdir"))));
        } catch (NativeLibrary.UnavailableException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    BusServices services() {
        return new BusServices(hotUnplug, events, mapper, control);
    }

    /** Installs {@code bus}. */
    <B extends Bus & SigbusHandler & BusHotplugHandler> void use(B bus) {
        buses.add(bus, new ServiceProperties(0, 1, PciDevice.BUS));
        use(bus, bus);
    }

    /** Calls both as services of a bus are called. */
    void use(SigbusHandler sigbus, BusHotplugHandler removal) {
        ServiceProperties properties = new ServiceProperties(0, 1, PciDevice.BUS);
        dispatcher.add(sigbus, properties);
        hotUnplug.add(removal, properties);
    }

    /** The next event of that kind; those before it are dropped. */
    DeviceEvent await(DeviceEvent.Kind kind) throws InterruptedException {
        while (true) {
            DeviceEvent event = published.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (event == null) {
                throw new AssertionError("no " + kind + " was published");
            }
            if (event.kind() == kind) {
                return event;
            }
        }
    }

    /** All events since the last call, when what is under way on the platform's threads is over. */
    List<DeviceEvent> eventsUntilNow() throws InterruptedException {
        CountDownLatch interrupted = new CountDownLatch(1);
        Lease lease = interrupts.every(Duration.ofNanos(1), interrupted::countDown);
        interrupted.await();
        lease.close();
        CountDownLatch told = new CountDownLatch(1);
        control.execute(this, told::countDown);
        told.await();
        List<DeviceEvent> all = new ArrayList<>();
        published.drainTo(all);
        return all;
    }

    /** Awaits {@code condition} without sleeping through it. */
    static void eventually(String what, BooleanSupplier condition) {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - start > TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS)) {
                throw new AssertionError("never: " + what);
            }
            LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(100));
        }
    }

    /** In reverse, as the framework does. */
    @Override
    public void close() throws DeviceException {
        dispatcher.close();
        hotUnplug.close();
        failureHandling.close();
        thread.close();
        interrupts.close();
        mapper.close();
        control.close();
    }
}
