// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testkit;

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
import io.hotbus.eal.bus.DeviceFilter;
import io.hotbus.eal.hotplug.BusHotplugHandler;
import io.hotbus.eal.hotplug.DeviceEvent;
import io.hotbus.eal.hotplug.DeviceEvents;
import io.hotbus.eal.hotplug.HotUnplug;
import io.hotbus.eal.hotplug.Lease;
import io.hotbus.eal.hotplug.SigbusHandler;
import io.hotbus.eal.io.MmioMapper;
import io.hotbus.eal.thread.ControlThread;
import io.hotbus.eal.thread.InterruptThread;
import io.hotbus.os.Linux;
import io.hotbus.os.SigbusWindows;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * The services of the bundle {@code core}, wired as in a framework: the real SIGBUS handler, its
 * dispatcher, the handling of removals, the threads {@code control} and {@code interrupt}, and the
 * lists of devices. The process has one handler, so a test may have only one platform at a time.
 *
 * <p>Any thread. Call {@link #close} once, when no bus uses the platform any more.
 */
public final class TestPlatform implements AutoCloseable {
    private final CoreSettings settings = new CoreSettings();
    private final Buses buses = new Buses(settings);
    private final DeviceLists lists = new DeviceLists(buses);
    private final Control control = new Control(settings);
    private final DeviceEventDispatcher events =
            new DeviceEventDispatcher(control, lists, settings);
    private final BlockingQueue<DeviceEvent> published = new LinkedBlockingQueue<>();
    private final WindowMapper mapper;
    private final Interrupts interrupts;
    private final SigbusThread thread;
    private final FailureHandlingControl failureHandling;
    private final HotUnplugPath hotUnplug;
    private final SigbusDispatcher dispatcher;

    /** Starts the threads and enables the SIGBUS handler. */
    public TestPlatform() throws IOException, DeviceException {
        this(TestOs.linux());
    }

    /** Starts the threads and enables the SIGBUS handler; windows are mapped by {@code linux}. */
    public TestPlatform(Linux linux) throws IOException, DeviceException {
        final SigbusWindows table = TestOs.windows();
        table.take(); // faults that earlier tests did not read
        mapper = new WindowMapper(linux, table);
        interrupts = new Interrupts(TestOs.linux());
        thread = new SigbusThread(TestOs.linux());
        final FaultTally tally = new FaultTally();
        failureHandling = new FailureHandlingControl(table, thread, tally);
        failureHandling.enable();
        hotUnplug = new HotUnplugPath(failureHandling, mapper, events, thread, settings);
        dispatcher = new SigbusDispatcher(table, mapper, hotUnplug, thread, tally, settings);
        events.add(published::add, new ServiceProperties(0, 0, ""));
    }

    /** The mapper, whose windows the SIGBUS handler repairs. */
    public MmioMapper mapper() {
        return mapper;
    }

    /** The service that takes reports of removals and calls the handler of the device's bus. */
    public HotUnplug hotUnplug() {
        return hotUnplug;
    }

    /** The publisher of events, which the test reads by {@link #await}. */
    public DeviceEvents events() {
        return events;
    }

    /** The thread {@code control}. */
    public ControlThread control() {
        return control;
    }

    /** The thread {@code interrupt}. */
    public InterruptThread interrupts() {
        return interrupts;
    }

    /** The lists of allowed and blocked devices. */
    public DeviceFilter lists() {
        return lists;
    }

    /** Sets the lists of devices, as the configuration {@code io.hotbus.devices} does. */
    public void configureLists(Map<String, Object> configuration) {
        lists.modified(configuration);
    }

    /**
     * Registers the handlers of {@code bus}.
     *
     * @param sigbus  the handler that claims faulting addresses
     * @param removal the handler to call for each removed device of the bus
     */
    public void use(String bus, SigbusHandler sigbus, BusHotplugHandler removal) {
        final ServiceProperties properties = new ServiceProperties(0, 1, bus);
        dispatcher.add(sigbus, properties);
        hotUnplug.add(removal, properties);
    }

    /**
     * Waits for the next event of that kind, and drops the events before it.
     *
     * @throws AssertionError no such event was published within {@link Await#LIMIT}
     */
    public DeviceEvent await(DeviceEvent.Kind kind) throws InterruptedException {
        while (true) {
            final DeviceEvent event =
                    published.poll(Await.LIMIT.toSeconds(), TimeUnit.SECONDS);
            if (event == null) {
                throw new AssertionError("no " + kind + " was published");
            }
            if (event.kind() == kind) {
                return event;
            }
        }
    }

    /** Waits until the platform's threads are idle; returns the events since the last call. */
    public List<DeviceEvent> eventsUntilNow() {
        final CountDownLatch interrupted = new CountDownLatch(1);
        final Lease lease = interrupts.every(Duration.ofNanos(1), interrupted::countDown);
        Await.open("the thread interrupt ran", interrupted);
        lease.close();
        final CountDownLatch told = new CountDownLatch(1);
        control.execute(this, told::countDown);
        Await.open("the thread control ran", told);
        final List<DeviceEvent> all = new ArrayList<>();
        published.drainTo(all);
        return all;
    }

    /** Ends the services in the same order as a framework. */
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
