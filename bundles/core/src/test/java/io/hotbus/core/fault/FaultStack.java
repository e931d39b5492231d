// SPDX-License-Identifier: Apache-2.0
package io.hotbus.core.fault;

import static io.hotbus.core.testing.TestOs.LINUX;
import static io.hotbus.core.testing.TestOs.TABLE;

import io.hotbus.core.device.Buses;
import io.hotbus.core.device.DeviceLists;
import io.hotbus.core.event.Control;
import io.hotbus.core.event.DeviceEventDispatcher;
import io.hotbus.core.plugin.ServiceProperties;
import io.hotbus.core.settings.CoreSettings;
import io.hotbus.core.testing.TestDevice;
import io.hotbus.core.testing.TestSettings;
import io.hotbus.core.testing.Waiting;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.hotplug.DeviceEvent;
import io.hotbus.eal.hotplug.SigbusFault;
import io.hotbus.eal.hotplug.SigbusHandler;
import io.hotbus.eal.hotplug.SigbusVerdict;
import io.hotbus.os.LinuxException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;

/** The path of a fault from the real SIGBUS to the listeners, put together as in the framework. */
final class FaultStack implements AutoCloseable {
    final BlockingQueue<DeviceEvent> published = new LinkedBlockingQueue<>();
    final CoreSettings settings;
    final Control control;
    final DeviceEventDispatcher events;
    final Buses buses;
    final WindowMapper mapper = new WindowMapper(LINUX, TABLE);
    final SigbusThread thread = new SigbusThread(LINUX);
    final SigbusDispatcher dispatcher;
    final FailureHandlingControl failureHandling;
    final HotUnplugPath hotUnplug;
    private final List<TestDevice> devices = new ArrayList<>();

    FaultStack(Duration deadline) throws LinuxException, DeviceException {
        settings = TestSettings.handlerWait(deadline);
        control = new Control(settings);
        buses = new Buses(settings);
        events = new DeviceEventDispatcher(control, new DeviceLists(buses), settings);
        FaultTally tally = new FaultTally();
        failureHandling = new FailureHandlingControl(
                TABLE, thread.loop(), tally::counts, Duration.ofMillis(5));
        hotUnplug = new HotUnplugPath(failureHandling, mapper, events, thread.loop(), settings);
        dispatcher = new SigbusDispatcher(
                TABLE, mapper, hotUnplug, thread, tally, settings);
        events.add(published::add, properties(0, 0));
    }

    static ServiceProperties properties(int ranking, long id) {
        return new ServiceProperties(ranking, id, TestDevice.BUS);
    }

    TestDevice device(String name, int windows) throws IOException {
        TestDevice device = new TestDevice(name, mapper, windows);
        devices.add(device);
        return device;
    }

    /** Says {@code verdict} of every fault. */
    static SigbusHandler says(SigbusVerdict verdict, BlockingQueue<SigbusFault> asked) {
        return fault -> {
            asked.add(fault);
            return verdict;
        };
    }

    /** Waits until the dispatcher's thread has handled everything submitted before. */
    void flush() {
        CountDownLatch done = new CountDownLatch(1);
        thread.loop().execute(done::countDown);
        Waiting.await(done);
    }

    /** In reverse, as the framework does. */
    @Override
    public void close() {
        dispatcher.close();
        hotUnplug.close();
        failureHandling.close();
        thread.close();
        devices.forEach(TestDevice::close);
        mapper.close();
        control.close();
    }
}
