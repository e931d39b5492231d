// SPDX-License-Identifier: Apache-2.0
package io.hotbus.core.fault;

import static io.hotbus.core.fault.FaultStack.properties;
import static io.hotbus.core.fault.FaultStack.says;
import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.core.testing.LogLines;
import io.hotbus.core.testing.TestDevice;
import io.hotbus.core.testing.TestOs;
import io.hotbus.core.testing.Waiting;
import io.hotbus.eal.hotplug.DeviceEvent;
import io.hotbus.eal.hotplug.FaultCounts;
import io.hotbus.eal.hotplug.RemovalCause;
import io.hotbus.eal.hotplug.SigbusFault;
import io.hotbus.eal.hotplug.SigbusHandler;
import io.hotbus.eal.hotplug.SigbusVerdict;
import io.hotbus.eal.io.Mmio;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.event.Level;

@Timeout(300)
class SigbusDispatcherTest {
    private final BlockingQueue<SigbusFault> asked = new LinkedBlockingQueue<>();
    private final BlockingQueue<SigbusFault> askedLater = new LinkedBlockingQueue<>();
    private FaultStack stack;
    private SigbusDispatcher dispatcher;

    @BeforeEach
    void start() throws Exception {
        stack = new FaultStack(Duration.ofSeconds(30));
        stack.failureHandling.enable();
        dispatcher = stack.dispatcher;
    }

    @AfterEach
    void stop() {
        stack.close();
    }

    private static SigbusFault next(BlockingQueue<SigbusFault> asked) throws InterruptedException {
        SigbusFault fault = asked.poll(120, TimeUnit.SECONDS);
        assertThat(fault).isNotNull();
        return fault;
    }

    /** A real SIGBUS in the first window. */
    private static void fault(TestDevice device) throws IOException {
        device.pullOut();
        assertThat(device.window(0).read32(8)).isEqualTo(-1);
    }

    @Test
    void shouldTellWhatHappenedWhereOnTheDispatchersThread() throws Exception {
        BlockingQueue<String> threads = new LinkedBlockingQueue<>();
        dispatcher.add(fault -> {
            threads.add(Thread.currentThread().getName());
            asked.add(fault);
            return SigbusVerdict.HANDLED;
        }, properties(0, 1));
        TestDevice device = stack.device("net_sim0", 2);
        long before = System.nanoTime();

        fault(device);

        SigbusFault fault = next(asked);
        assertThat(fault.window()).isEqualTo("net_sim0 BAR0");
        assertThat(fault.address()).isEqualTo(device.window(0).address() + 8);
        assertThat(fault.thread()).isEqualTo(TestOs.LINUX.threadId());
        assertThat(fault.count()).isEqualTo(1);
        assertThat(fault.timeNanos()).isBetween(before, System.nanoTime());
        assertThat(threads).containsExactly("sigbus-dispatcher");
    }

    @Test
    void shouldAskInOrderUntilOneClaims() throws Exception {
        List<String> order = new CopyOnWriteArrayList<>();
        CountDownLatch claimed = new CountDownLatch(1);
        add("lowest", -5, 1, SigbusVerdict.HANDLED, order, claimed);
        add("younger", 0, 4, SigbusVerdict.HANDLED, order, claimed);
        add("older", 0, 3, SigbusVerdict.NOT_CLAIMED, order, claimed);
        add("highest", 9, 5, SigbusVerdict.NOT_CLAIMED, order, claimed);

        fault(stack.device("net_sim0", 1));

        Waiting.await(claimed);
        stack.flush();
        assertThat(order).containsExactly("highest", "older", "younger");
    }

    private void add(String name, int ranking, long id, SigbusVerdict verdict, List<String> order,
            CountDownLatch claimed) {
        dispatcher.add(fault -> {
            order.add(name);
            if (verdict == SigbusVerdict.HANDLED) {
                claimed.countDown();
            }
            return verdict;
        }, properties(ranking, id));
    }

    @Test
    void shouldAskTheNextWhereAHandlerThrowsOrSaysNothing() throws Exception {
        SigbusHandler broken = fault -> {
            asked.add(fault);
            throw new NoClassDefFoundError("of a bundle that is gone");
        };
        SigbusHandler mute = fault -> {
            asked.add(fault);
            return null;
        };
        dispatcher.add(says(SigbusVerdict.HANDLED, askedLater), properties(0, 1));
        try (LogLines log = new LogLines()) {
            for (SigbusHandler handler : List.of(broken, mute)) {
                dispatcher.add(handler, properties(1, 2));
                fault(stack.device("net_sim0", 1));
                assertThat(next(asked)).isEqualTo(next(askedLater));
                stack.flush();
                dispatcher.remove(handler, properties(1, 2));
            }
            assertThat(log.of(Level.ERROR)).hasSize(2).allSatisfy(line -> assertThat(line)
                    .contains("net_sim0 BAR0", "SigbusDispatcherTest", "failed"));
        }
    }

    @Test
    void shouldSayWhatFailedAndGoOn() throws Exception {
        dispatcher.add(says(SigbusVerdict.FAILED, asked), properties(1, 1));
        dispatcher.add(says(SigbusVerdict.HANDLED, askedLater), properties(0, 2));
        try (LogLines log = new LogLines()) {
            fault(stack.device("net_sim0", 1));
            fault(stack.device("net_sim1", 1));
            next(asked);
            next(asked);
            stack.flush();

            assertThat(log.of(Level.ERROR)).hasSize(2).first().asString()
                    .contains("net_sim0 BAR0", "could not deal with it");
        }
        assertThat(askedLater).isEmpty();
    }

    @Test
    void shouldKeepAFaultForTheHandlerThatComes() throws Exception {
        dispatcher.add(says(SigbusVerdict.NOT_CLAIMED, asked), properties(5, 1));
        try (LogLines log = new LogLines()) {
            fault(stack.device("net_sim0", 1));
            SigbusFault fault = next(asked);
            dispatcher.add(says(SigbusVerdict.NOT_CLAIMED, asked), properties(0, 2));
            assertThat(next(asked)).isEqualTo(fault);
            stack.flush();
            assertThat(stack.failureHandling.faults()).isEqualTo(new FaultCounts(0, 0, 1));

            dispatcher.add(says(SigbusVerdict.HANDLED, askedLater), properties(0, 3));
            assertThat(next(askedLater)).isEqualTo(fault);
            stack.flush();
            dispatcher.add(says(SigbusVerdict.HANDLED, askedLater), properties(0, 4));
            stack.flush();

            assertThat(log.of(Level.WARN)).singleElement().asString()
                    .contains("net_sim0 BAR0", "no SIGBUS handler claims it");
        }
        assertThat(stack.failureHandling.faults()).isEqualTo(new FaultCounts(1, 0, 0));
        assertThat(asked).isEmpty(); // who has said no is not asked again
        assertThat(askedLater).isEmpty();
    }

    @Test
    void shouldDropAFaultWhoseWindowHasBeenReleased() throws Exception {
        TestDevice device = stack.device("net_sim0", 1);
        dispatcher.add(says(SigbusVerdict.NOT_CLAIMED, asked), properties(5, 1));
        fault(device);
        next(asked);
        device.close();

        dispatcher.add(says(SigbusVerdict.HANDLED, askedLater), properties(0, 2));
        stack.flush();

        assertThat(askedLater).isEmpty();
        assertThat(stack.failureHandling.faults()).isEqualTo(new FaultCounts(0, 1, 0));
    }

    @Test
    void shouldDropAFaultWhoseWindowWasReleasedBeforeItWasTaken() throws Exception {
        TestDevice device = stack.device("net_sim0", 1);
        CountDownLatch busy = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        dispatcher.add(says(SigbusVerdict.HANDLED, asked), properties(0, 1));
        stack.thread.loop().execute(() -> {
            busy.countDown();
            Waiting.await(release);
        });
        Waiting.await(busy);
        try (LogLines log = new LogLines()) {
            fault(device);
            device.close();
            release.countDown();
            stack.flush();
            stack.flush(); // its reader has run between the two at the latest

            assertThat(asked).isEmpty();
            assertThat(stack.failureHandling.faults()).isEqualTo(new FaultCounts(0, 1, 0));
            assertThat(log.of(Level.WARN)).isEmpty();
        }
    }

    @Test
    void shouldNotTakeAWindowThatIsMappedMeanwhileForTheOneThatFaulted() throws Exception {
        TestDevice device = stack.device("net_sim0", 1);
        BlockingQueue<TestDevice> later = new LinkedBlockingQueue<>();
        dispatcher.add(fault -> {
            stack.mapper.releaseAll(device.windows());
            try {
                later.add(stack.device("net_sim1", 1)); // the kernel likes to use a range again
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
            asked.add(fault);
            return SigbusVerdict.NOT_CLAIMED;
        }, properties(0, 1));
        try (LogLines log = new LogLines()) {
            fault(device);
            long address = next(asked).address();
            assertThat(later.take().windows().find(address)).isEmpty();
            stack.flush();

            assertThat(log.of(Level.WARN)).isEmpty();
        }
        assertThat(stack.failureHandling.faults()).isEqualTo(new FaultCounts(0, 1, 0));
    }

    @Test
    void shouldLeaveAHandlerOnlyWhenTheCallInsideHasReturned() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        SigbusHandler handler = fault -> {
            asked.add(fault);
            Waiting.await(release);
            return SigbusVerdict.HANDLED;
        };
        dispatcher.add(handler, properties(0, 1));
        fault(stack.device("net_sim0", 1));
        next(asked);
        Thread remover = new Thread(() -> dispatcher.remove(handler, properties(0, 1)));
        remover.start();
        Waiting.untilBlocked(remover);

        fault(stack.device("net_sim1", 1));
        release.countDown();
        Waiting.join(remover);

        stack.flush();
        assertThat(asked).isEmpty();
        dispatcher.add(says(SigbusVerdict.HANDLED, askedLater), properties(0, 2));
        assertThat(next(askedLater).window()).isEqualTo("net_sim1 BAR0");
    }

    @Test
    void shouldPublishTheFaultBeforeTheRemovalItCauses() throws Exception {
        TestDevice device = stack.device("net_sim0", 2);
        stack.hotUnplug.add((gone, cause) -> { }, properties(0, 1));
        dispatcher.add(says(SigbusVerdict.REMOVED, asked), properties(0, 2));

        fault(device);

        DeviceEvent first = stack.published.poll(120, TimeUnit.SECONDS);
        DeviceEvent second = stack.published.poll(120, TimeUnit.SECONDS);
        assertThat(first.kind()).isEqualTo(DeviceEvent.Kind.FAULT);
        assertThat(first.device()).containsSame(device);
        assertThat(first.fault()).contains(next(asked));
        assertThat(second.kind()).isEqualTo(DeviceEvent.Kind.REMOVE);
        assertThat(second.device()).containsSame(device);
        assertThat(second.cause()).contains(RemovalCause.SIGBUS);
        stack.flush();
        assertThat(stack.published).isEmpty();
    }

    @Test
    void shouldPublishAFaultThatIsHandledWithoutARemoval() throws Exception {
        TestDevice device = stack.device("net_sim0", 1);
        dispatcher.add(says(SigbusVerdict.HANDLED, asked), properties(0, 2));

        fault(device);

        DeviceEvent event = stack.published.poll(120, TimeUnit.SECONDS);
        assertThat(event.kind()).isEqualTo(DeviceEvent.Kind.FAULT);
        assertThat(event.device()).containsSame(device);
        assertThat(event.fault()).contains(next(asked));
    }

    /** As while its bus is replaced, or after a handler of a third party has detached it. */
    @Test
    void shouldKnowTheDeviceOfAFaultThoughNoBusHasIt() throws Exception {
        TestDevice device = stack.device("net_sim0", 1);
        assertThat(stack.buses.all()).isEmpty();
        dispatcher.add(says(SigbusVerdict.REMOVED, asked), properties(9, 2));
        stack.hotUnplug.add((gone, cause) -> { }, properties(0, 1));

        fault(device);

        assertThat(stack.published.poll(120, TimeUnit.SECONDS).device()).containsSame(device);
        assertThat(stack.published.poll(120, TimeUnit.SECONDS).cause())
                .contains(RemovalCause.SIGBUS);
    }

    @Test
    void shouldTakeAllFaultsOfSeveralWindows() throws Exception {
        dispatcher.add(says(SigbusVerdict.HANDLED, asked), properties(0, 1));
        TestDevice device = stack.device("net_sim0", 200);
        device.pullOut();
        for (Mmio window : device.windows().list()) {
            window.read32(0);
        }
        for (Mmio window : device.windows().list()) {
            assertThat(next(asked).window()).isEqualTo(window.name());
        }
    }

    @Test
    void shouldLeaveNoThreadAndNoDescriptorBehind() throws Exception {
        stop();
        long before = TestOs.openDescriptors();
        start();
        assertThat(TestOs.openDescriptors()).isGreaterThan(before);

        stop();
        stop();

        assertThat(Waiting.isAlive("sigbus-dispatcher")).isFalse();
        assertThat(TestOs.openDescriptors()).isEqualTo(before);
    }
}
