// SPDX-License-Identifier: Apache-2.0
package io.hotbus.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.hotplug.DeviceEvent;
import io.hotbus.eal.hotplug.DeviceEvents;
import io.hotbus.eal.hotplug.DeviceStep;
import io.hotbus.eal.mem.MempoolCaches;
import io.hotbus.eal.mem.Mempools;
import io.hotbus.testkit.Await;
import io.hotbus.testkit.TestCpus;
import io.hotbus.testkit.TestDma;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LcoreTest {
    private static final Duration SOON = Duration.ofSeconds(120);

    private final BlockingQueue<LcoreTask> failed = new LinkedBlockingQueue<>();
    private final Mempools mempools = new Mempools(new TestDma());
    private final Lcore lcore = new Lcore(1, new TestCpus(2), mempools.caches("lcore-1"),
            (task, failure) -> failed.add(task));

    /** Counts its calls. */
    private static final class Counter implements LcoreTask {
        private final AtomicLong calls = new AtomicLong();
        private final Consumer<Counter> also;

        Counter(Consumer<Counter> also) {
            this.also = also;
        }

        @Override
        public boolean poll(MempoolCaches caches) {
            calls.incrementAndGet();
            also.accept(this);
            return true;
        }

        @Override
        public String toString() {
            return "counter";
        }
    }

    @BeforeEach
    void start() {
        lcore.start();
    }

    @AfterEach
    void end() {
        lcore.end(SOON);
    }

    private static Counter counter() {
        return new Counter(c -> { });
    }

    private static void await(Counter task) {
        long before = task.calls.get();
        Await.until(() -> task.calls.get() > before + 10);
    }

    @Test
    void shouldCallAllItsTasks() throws Exception {
        Counter one = counter();
        Counter two = counter();

        lcore.assign(List.of(one, two));

        await(one);
        await(two);
    }

    @Test
    void shouldNeverCallATaskAgainOnceTheBoundaryIsPassed() throws Exception {
        Counter stays = counter();
        for (int i = 0; i < 200; i++) {
            Counter goes = counter();
            lcore.assign(List.of(goes, stays));
            await(goes);

            lcore.assign(List.of(stays));
            lcore.awaitBoundary(SOON);

            long atBoundary = goes.calls.get();
            await(stays);
            assertThat(goes.calls).hasValue(atBoundary);
        }
    }

    @Test
    void shouldSayThatABurstHangsAndRecoverWhenItReturns() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        lcore.assign(List.of(new Counter(c -> {
            inside.countDown();
            awaitQuietly(release);
        })));
        inside.await();
        lcore.assign(List.of());

        assertThatThrownBy(() -> lcore.awaitBoundary(Duration.ofMillis(20)))
                .isInstanceOf(DeviceException.class)
                .hasMessageContainingAll("lcore-1", "20 ms", "counter");

        release.countDown();
        assertThatCode(() -> lcore.awaitBoundary(SOON)).doesNotThrowAnyException();
    }

    @Test
    void shouldWaitUntilTheCallsThatRunHaveReturned() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        Counter task = new Counter(c -> {
            inside.countDown();
            awaitQuietly(release);
        });
        lcore.assign(List.of(task));
        inside.await();

        assertThatThrownBy(() -> lcore.awaitReturn(Duration.ofMillis(20)))
                .isInstanceOf(DeviceException.class);
        release.countDown();
        lcore.awaitReturn(SOON);

        assertThat(lcore.tasks()).containsExactly(task);
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void shouldGoOnWithTheOtherTasksWhenOneFails() throws Exception {
        Counter fails = new Counter(c -> {
            throw new StackOverflowError("a task may throw anything");
        });
        Counter stays = counter();

        lcore.assign(List.of(fails, stays));

        assertThat(failed.poll(120, TimeUnit.SECONDS)).isSameAs(fails);
        await(stays);
        assertThat(fails.calls).hasValue(1);
        assertThat(lcore.tasks()).containsExactly(stays);
        assertThat(failed).isEmpty();
    }

    @Test
    void shouldParkWithoutTasks() throws Exception {
        Counter task = counter();
        lcore.assign(List.of(task));
        await(task);

        lcore.assign(List.of());

        Await.until(() -> Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("lcore-1"))
                .allMatch(thread -> thread.getState() == Thread.State.WAITING));
    }

    @Test
    void shouldKeepTheIterationThatTookLong() throws Exception {
        BlockingQueue<long[]> slow = new LinkedBlockingQueue<>();
        lcore.setRecordStalls(true);
        Counter task = new Counter(c -> {
            if (c.calls.get() == 1000) {
                long start = System.nanoTime();
                long now = start;
                while (now - start < 200_000) {
                    now = System.nanoTime();
                }
                slow.add(new long[] {Thread.currentThread().getId(), start, now});
            }
        });
        lcore.assign(List.of(task));

        long[] stall = slow.poll(120, TimeUnit.SECONDS);
        await(task);

        long middle = (stall[1] + stall[2]) / 2;
        assertThat(lcore.stallAt((int) stall[0], middle)).hasValueSatisfying(found -> {
            assertThat(found.lcore()).isEqualTo("lcore-1");
            assertThat(found.startNanos()).isLessThanOrEqualTo(stall[1]);
            assertThat(found.endNanos()).isGreaterThanOrEqualTo(stall[2]);
        });
        assertThat(lcore.stallAt((int) stall[0] + 1, middle)).isEmpty();
        assertThat(lcore.pollTimes()).satisfies(times -> {
            assertThat(times.lcore()).isEqualTo("lcore-1");
            assertThat(times.polls()).isGreaterThanOrEqualTo(1000);
            assertThat(times.p50Nanos()).isLessThan(200_000);
            assertThat(times.maxNanos()).isGreaterThanOrEqualTo(200_000);
        });
    }

    @Test
    void shouldTellOfStallsOnlyOnceTheyAreOver() throws Exception {
        final BlockingQueue<DeviceStep> steps = new LinkedBlockingQueue<>();
        final CountDownLatch inside = new CountDownLatch(1);
        final CountDownLatch release = new CountDownLatch(1);
        final AtomicBoolean hang = new AtomicBoolean();
        final Counter task = new Counter(c -> {
            if (hang.get()) {
                inside.countDown();
                awaitQuietly(release);
            }
        });
        final long begin = System.nanoTime();
        try (StallWatch watch = new StallWatch(() -> List.of(lcore), new DeviceEvents() {
            @Override
            public void publish(DeviceEvent event) {
                throw new AssertionError(event);
            }

            @Override
            public void publish(DeviceStep step) {
                steps.add(step);
            }
        })) {
            lcore.assign(List.of(task));
            await(task);
            hang.set(true);
            inside.await();
            // Asked again: the watch has told of the stalls of a busy machine that were before.
            Await.until(() -> !lcore.hasComeRound());
            steps.clear();
            final long hung = System.nanoTime();
            assertThat(steps.poll(3L * StallWatch.LIMIT_MILLIS, TimeUnit.MILLISECONDS)).isNull();
            hang.set(false);
            release.countDown();
            final DeviceStep step = steps.poll(120, TimeUnit.SECONDS);
            assertThat(step.kind()).isEqualTo(DeviceStep.Kind.LCORE_STALL);
            assertThat(step.name()).isEqualTo("lcore-1");
            assertThat(step.nanos()).isGreaterThan(2_000_000L * StallWatch.LIMIT_MILLIS);
            assertThat(step.beginNanos()).isBetween(begin, System.nanoTime());
            assertThat(step.endNanos()).isGreaterThan(hung);
            await(task);
        }
    }

    @Test
    void shouldNotWakeAnLcoreThatSleepsForItsStallWatch() throws Exception {
        final Counter sleeper = new Counter(LockSupport::park);
        try (StallWatch watch = new StallWatch(() -> List.of(lcore), event -> { })) {
            lcore.assign(List.of(sleeper));
            Await.until(() -> sleeper.calls.get() > 0);
            Await.until(() -> lcore.hasComeRound());
            final long calls = sleeper.calls.get();
            TimeUnit.MILLISECONDS.sleep(100);
            assertThat(sleeper.calls.get()).isLessThanOrEqualTo(calls + 2);
        }
    }
}
