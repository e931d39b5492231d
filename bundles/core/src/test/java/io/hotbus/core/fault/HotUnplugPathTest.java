// SPDX-License-Identifier: Apache-2.0
package io.hotbus.core.fault;

import static io.hotbus.core.fault.FaultStack.properties;
import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.core.plugin.ServiceProperties;
import io.hotbus.core.testing.LogLines;
import io.hotbus.core.testing.TestDevice;
import io.hotbus.core.testing.Waiting;
import io.hotbus.eal.bus.Device;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.bus.DeviceState;
import io.hotbus.eal.hotplug.BusHotplugHandler;
import io.hotbus.eal.hotplug.DeviceEvent;
import io.hotbus.eal.hotplug.Lease;
import io.hotbus.eal.hotplug.RemovalCause;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.event.Level;

@Timeout(300)
class HotUnplugPathTest {
    private final BlockingQueue<Device> handled = new LinkedBlockingQueue<>();
    private FaultStack stack;
    private HotUnplugPath hotUnplug;
    private Lease lease;

    @BeforeEach
    void start() throws Exception {
        start(Duration.ofSeconds(30));
    }

    private void start(Duration deadline) throws Exception {
        stack = new FaultStack(deadline);
        hotUnplug = stack.hotUnplug;
        lease = stack.failureHandling.enable();
    }

    @AfterEach
    void stop() {
        stack.close();
    }

    private BusHotplugHandler replacing() {
        return (device, cause) -> {
            try {
                stack.mapper.replace(device.windows());
            } catch (IOException e) {
                throw new DeviceException("cannot be replaced", e);
            }
            handled.add(device);
        };
    }

    private DeviceEvent nextEvent() throws InterruptedException {
        DeviceEvent event = stack.published.poll(120, TimeUnit.SECONDS);
        assertThat(event).isNotNull();
        return event;
    }

    @Test
    void shouldHaveTheBusDealWithItAndTellEverybody() throws Exception {
        hotUnplug.add(replacing(), properties(0, 1));
        TestDevice device = stack.device("net_sim0", 2);
        long before = System.nanoTime();
        try (LogLines log = new LogLines()) {
            assertThat(hotUnplug.report(device, RemovalCause.UEVENT_REMOVE)).isTrue();

            assertThat(log.of(Level.INFO)).containsExactly(
                    "net_sim0: gone (noticed by UEVENT_REMOVE), 2 windows replaced");
        }
        assertThat(handled).containsExactly(device);
        assertThat(device.state()).isEqualTo(DeviceState.REMOVED);
        assertThat(device.window(1).read32(0)).isEqualTo(-1);
        DeviceEvent event = nextEvent();
        assertThat(event.kind()).isEqualTo(DeviceEvent.Kind.REMOVE);
        assertThat(event.device()).containsSame(device);
        assertThat(event.cause()).contains(RemovalCause.UEVENT_REMOVE);
        assertThat(event.timeNanos()).isBetween(before, System.nanoTime());
    }

    @Test
    void shouldCountTheFirstReportOfAllCausesAndThreads() throws Exception {
        hotUnplug.add(replacing(), properties(0, 1));
        RemovalCause[] causes = RemovalCause.values();
        for (int round = 0; round < 100; round++) {
            TestDevice device = stack.device("net_sim" + round, 1);
            CountDownLatch go = new CountDownLatch(1);
            AtomicInteger first = new AtomicInteger();
            List<Thread> reporters = new ArrayList<>();
            for (RemovalCause cause : causes) {
                Thread reporter = new Thread(() -> {
                    Waiting.await(go);
                    if (hotUnplug.report(device, cause)) {
                        first.incrementAndGet();
                    }
                });
                reporter.start();
                reporters.add(reporter);
            }
            go.countDown();
            reporters.forEach(Waiting::join);

            assertThat(first).hasValue(1);
            assertThat(handled).containsExactly(device);
            handled.clear();
            assertThat(nextEvent().device()).containsSame(device);
        }
        assertThat(stack.published).isEmpty();
    }

    @Test
    void shouldCallTheHighestRankingHandlerOfTheBusAlone() throws Exception {
        List<String> called = new CopyOnWriteArrayList<>();
        hotUnplug.add((device, cause) -> called.add("low"), properties(-1, 1));
        hotUnplug.add((device, cause) -> called.add("high"), properties(1, 2));
        hotUnplug.add((device, cause) -> called.add("other bus"),
                new ServiceProperties(9, 3, "pci"));
        try (LogLines log = new LogLines()) {
            hotUnplug.add((device, cause) -> called.add("no bus"), new ServiceProperties(9, 4, ""));
            assertThat(log.of(Level.ERROR)).singleElement().asString().contains("hotbus.bus");
        }

        hotUnplug.report(stack.device("net_sim0", 1), RemovalCause.SIGBUS);

        assertThat(called).containsExactly("high");
    }

    @Test
    void shouldLeaveTheWindowsAloneWhileFailureHandlingIsOff() throws Exception {
        hotUnplug.add(replacing(), properties(0, 1));
        TestDevice device = stack.device("net_sim0", 1);
        lease.close();

        assertThat(hotUnplug.report(device, RemovalCause.UEVENT_REMOVE)).isTrue();

        assertThat(nextEvent().kind()).isEqualTo(DeviceEvent.Kind.REMOVE);
        assertThat(handled).isEmpty();
        assertThat(device.window(0).read32(0)).isZero();
        assertThat(device.state()).isEqualTo(DeviceState.REMOVED);
    }

    @Test
    void shouldReplaceTheWindowsItselfWhereTheHandlerFails() throws Exception {
        hotUnplug.add((device, cause) -> {
            throw new DeviceException(device + ": the kernel keeps it");
        }, properties(0, 1));
        TestDevice device = stack.device("net_sim0", 2);
        try (LogLines log = new LogLines()) {
            assertThat(hotUnplug.report(device, RemovalCause.VFIO_REQUEST)).isTrue();

            assertThat(log.of(Level.ERROR)).singleElement().asString()
                    .contains("net_sim0", "VFIO_REQUEST", "the kernel keeps it");
        }
        assertThat(device.state()).isEqualTo(DeviceState.FAILED);
        assertThat(device.window(0).read32(0)).isEqualTo(-1);
        assertThat(device.window(1).read32(0)).isEqualTo(-1);
        assertThat(nextEvent().kind()).isEqualTo(DeviceEvent.Kind.REMOVE);
        assertThat(hotUnplug.report(device, RemovalCause.SIGBUS)).isFalse();
    }

    @Test
    void shouldKeepARemovalForTheHandlerThatComes() throws Exception {
        TestDevice device = stack.device("net_sim0", 1);
        long reported = System.nanoTime();
        assertThat(hotUnplug.report(device, RemovalCause.SIGBUS)).isTrue();
        hotUnplug.add(replacing(), new ServiceProperties(0, 1, "pci"));
        stack.flush();
        long offered = System.nanoTime();
        assertThat(stack.published).isEmpty();

        hotUnplug.add(replacing(), properties(0, 2));

        DeviceEvent event = nextEvent();
        assertThat(event.cause()).contains(RemovalCause.SIGBUS);
        assertThat(event.timeNanos()).isBetween(reported, offered);
        assertThat(handled).containsExactly(device);
        assertThat(device.state()).isEqualTo(DeviceState.REMOVED);
    }

    @Test
    void shouldKeepARemovalThatComesWhileTheHandlerIsBeingLeft() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        BusHotplugHandler old = (device, cause) -> {
            inside.countDown();
            Waiting.await(release);
        };
        hotUnplug.add(old, properties(0, 1));
        TestDevice first = stack.device("net_sim0", 1);
        TestDevice second = stack.device("net_sim1", 1);
        Thread reporter = new Thread(() -> hotUnplug.report(first, RemovalCause.SIGBUS));
        reporter.start();
        Waiting.await(inside);
        Thread remover = new Thread(() -> hotUnplug.remove(old, properties(0, 1)));
        remover.start();
        Waiting.untilBlocked(remover);

        hotUnplug.report(second, RemovalCause.SIGBUS);
        hotUnplug.add(replacing(), properties(0, 2));

        assertThat(nextEvent().device()).containsSame(second);
        release.countDown();
        Waiting.join(remover);
        assertThat(nextEvent().device()).containsSame(first);
        assertThat(handled).containsExactly(second);
    }

    @Test
    void shouldGoOnWithoutTheBusAfterTheDeadline() throws Exception {
        stop();
        start(Duration.ofMillis(20));
        TestDevice device = stack.device("net_sim0", 2);
        try (LogLines log = new LogLines()) {
            hotUnplug.report(device, RemovalCause.SIGBUS);

            assertThat(nextEvent().kind()).isEqualTo(DeviceEvent.Kind.REMOVE);
            assertThat(log.of(Level.ERROR)).singleElement().asString()
                    .contains("net_sim0", "bus 'test' has had no hot-plug handler");
        }
        assertThat(device.state()).isEqualTo(DeviceState.FAILED);
        assertThat(device.window(1).read32(0)).isEqualTo(-1);

        hotUnplug.add(replacing(), properties(0, 1)); // too late: it is not offered again
        stack.flush();
        assertThat(handled).isEmpty();
        assertThat(stack.published).isEmpty();
    }

    @Test
    void shouldNotBotherTheBusWithADeviceThatIsDetachedMeanwhile() throws Exception {
        TestDevice device = stack.device("net_sim0", 1);
        hotUnplug.report(device, RemovalCause.SIGBUS);
        device.markDetached();

        hotUnplug.add(replacing(), properties(0, 1));

        assertThat(nextEvent().device()).containsSame(device);
        assertThat(handled).isEmpty();
        assertThat(device.state()).isEqualTo(DeviceState.DETACHED);
    }

    @Test
    void shouldSettleWhatWaitsWhenItEnds() throws Exception {
        TestDevice device = stack.device("net_sim0", 1);
        hotUnplug.report(device, RemovalCause.SIGBUS);

        hotUnplug.close();
        hotUnplug.close();

        assertThat(nextEvent().device()).containsSame(device);
        assertThat(device.state()).isEqualTo(DeviceState.FAILED);
        assertThat(device.window(0).read32(0)).isEqualTo(-1);
    }
}
