// SPDX-License-Identifier: Apache-2.0
package io.hotbus.core.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hotbus.core.device.Buses;
import io.hotbus.core.device.DeviceLists;
import io.hotbus.core.plugin.ServiceProperties;
import io.hotbus.core.settings.CoreSettings;
import io.hotbus.core.testing.TestSettings;
import io.hotbus.core.testing.Waiting;
import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.Device;
import io.hotbus.eal.hotplug.DeviceEvent;
import io.hotbus.eal.hotplug.DeviceStep;
import io.hotbus.eal.hotplug.DeviceEventListener;
import io.hotbus.eal.hotplug.RemovalCause;
import java.time.Duration;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class DeviceEventDispatcherTest {
    private final CoreSettings settings = TestSettings.listener(Duration.ofSeconds(30), 100);
    private final Control control = new Control(settings);
    private final DeviceLists lists = new DeviceLists(new Buses(settings));
    private final DeviceEventDispatcher events =
            new DeviceEventDispatcher(control, lists, settings);
    private final CountDownLatch release = new CountDownLatch(1);

    @AfterEach
    void close() {
        release.countDown();
        control.close();
    }

    private static ServiceProperties properties(long id) {
        return new ServiceProperties(0, id, "");
    }

    private static DeviceEvent event(int number) {
        return DeviceEvent.of(DeviceEvent.Kind.ADD, "vdev", "net_null" + number);
    }

    private void flush() {
        CountDownLatch done = new CountDownLatch(1);
        control.execute("flush", done::countDown);
        Waiting.await(done);
    }

    @Test
    void shouldTellAListenerOfAllSinceItsArrivalInOrder() {
        List<DeviceEvent> early = new CopyOnWriteArrayList<>();
        List<DeviceEvent> late = new CopyOnWriteArrayList<>();
        List<DeviceEvent> published = new ArrayList<>();
        events.add(early::add, properties(1));
        for (int i = 0; i < 100; i++) {
            if (i == 50) {
                events.add(late::add, properties(2));
            }
            published.add(event(i));
            events.publish(published.get(i));
        }
        flush();
        assertThat(early).containsExactlyElementsOf(published);
        assertThat(late).containsExactlyElementsOf(published.subList(50, 100));
    }

    @Test
    void shouldTellNobodyOfADeviceThatMayNotBeUsedUnlessItIsAttached() {
        List<DeviceEvent> told = new CopyOnWriteArrayList<>();
        events.add(told::add, properties(1));
        lists.modified(Map.of("block", "net_null1"));
        DeviceEvent removed = DeviceEvent.removed(new Device("vdev",
                new Devargs(Optional.empty(), "net_null1", Map.of())) { },
                RemovalCause.UEVENT_REMOVE, 0);
        events.publish(event(1));
        events.publish(event(2));
        events.publish(removed);
        flush();
        assertThat(told).extracting(DeviceEvent::name).containsExactly("net_null2", "net_null1");
        assertThat(told.get(1)).isSameAs(removed);
    }

    @Test
    void shouldTellAllListenersInTheSameOrderWhoeverPublishes() {
        List<DeviceEvent> one = new CopyOnWriteArrayList<>();
        List<DeviceEvent> other = new CopyOnWriteArrayList<>();
        events.add(one::add, properties(1));
        events.add(other::add, properties(2));
        List<Thread> publishers = new ArrayList<>();
        for (int thread = 0; thread < 4; thread++) {
            publishers.add(new Thread(() -> {
                for (int i = 0; i < 250; i++) {
                    events.publish(event(i));
                }
            }));
        }
        publishers.forEach(Thread::start);
        publishers.forEach(Waiting::join);
        flush();
        assertThat(one).hasSize(1000).containsExactlyElementsOf(other);
    }

    @Test
    void shouldTellOfStepsInOrderWithEvents() {
        List<Object> told = new CopyOnWriteArrayList<>();
        DeviceStep lost = DeviceStep.done(DeviceStep.Kind.PROBE, "vdev", "net_null0", 0);
        events.publish(lost); // no listener
        events.add(told::add, properties(1));
        events.addSteps(told::add, properties(2));
        DeviceEvent before = event(0);
        events.publish(before);
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> events.step(
                DeviceStep.Kind.ATTACH, "vdev", "net_null0", () -> {
                    throw new IOException("no such device");
                }));
        events.publish(event(1));
        flush();
        assertThat(told).hasSize(3);
        assertThat(told.get(0)).isSameAs(before);
        DeviceStep step = (DeviceStep) told.get(1);
        assertThat(step.kind()).isEqualTo(DeviceStep.Kind.ATTACH);
        assertThat(step.failure()).contains("no such device");
        assertThat(step.thread()).isEqualTo(Thread.currentThread().getName());
        assertThat(step.nanos()).isNotNegative();
    }

    @Test
    void shouldTellTheOthersWhereOneThrows() {
        List<DeviceEvent> told = new CopyOnWriteArrayList<>();
        events.add(event -> {
            throw new IllegalStateException("broken");
        }, properties(1));
        events.add(told::add, properties(2));

        events.publish(event(0));
        flush();

        assertThat(told).hasSize(1);
    }

    @Test
    void shouldWaitForTheCallInsideAListenerThatLeavesAndCallItNoMore() {
        CountDownLatch inside = new CountDownLatch(1);
        List<String> calls = new CopyOnWriteArrayList<>();
        DeviceEventListener listener = event -> {
            inside.countDown();
            Waiting.await(release);
            calls.add(event.name());
        };
        events.add(listener, properties(1));
        events.publish(event(0));
        events.publish(event(1));
        Waiting.await(inside);
        Thread remover = new Thread(() -> events.remove(listener, properties(1)));
        remover.start();
        Waiting.untilBlocked(remover);

        release.countDown();
        Waiting.join(remover);

        assertThat(calls).containsExactly("net_null0");
        flush();
        assertThat(calls).containsExactly("net_null0");
    }
}
