// SPDX-License-Identifier: Apache-2.0
package io.hotbus.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.eal.mem.MempoolCaches;
import io.hotbus.eal.mem.Mempools;
import io.hotbus.testkit.Await;
import io.hotbus.testkit.TestCpus;
import io.hotbus.testkit.TestDma;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The busy time of rounds whose lengths are known, and of a real lcore. */
class BusyTimeTest {
    private long now = 1_000_000;
    private final BusyTime time = new BusyTime(() -> now);

    private void round(boolean hadPackets, long nanos) {
        now += nanos;
        time.round(hadPackets);
    }

    private long busy() {
        return time.usage(3).busyNanos();
    }

    @Test
    void shouldCountBusyRoundsToTheirLastNanosecond() {
        round(false, 20);
        round(false, 25);
        for (int i = 0; i < 10; i++) {
            round(true, 100);
            round(true, 50);
            round(false, 20);
            round(false, 30);
        }
        assertThat(time.usage(3)).isEqualTo(new LcoreUsage(3, 45 + 10 * 200, 10 * 150));
    }

    @Test
    void shouldCountABusyTimeThatGoesOn() {
        round(false, 20);
        round(true, 100);
        assertThat(busy()).isEqualTo(100);
        now += 7;
        assertThat(busy()).isEqualTo(107);
    }

    @Test
    void shouldNeverGoBack() {
        round(false, 20);
        round(true, 100);
        now += 15; // in the middle of an empty round
        final long told = busy();
        round(false, 5);
        assertThat(busy()).isEqualTo(told);
        round(true, 50);
        assertThat(busy()).isEqualTo(150);
    }

    @Test
    void shouldCountOneEmptyRoundTooManyUntilItsLengthIsKnown() {
        round(true, 100);
        round(false, 20);
        assertThat(busy()).isEqualTo(120);
    }

    @Test
    void shouldNotCountTheTimeWithoutATask() {
        round(false, 20);
        round(true, 100);
        now += 1;
        time.pause();
        now += 1000;
        time.resume();
        assertThat(busy()).isEqualTo(101);
        round(true, 50);
        assertThat(time.usage(3)).isEqualTo(new LcoreUsage(3, 1171, 151));
    }

    /**
     * Ten calls with packets, ten without, and so on, of 10 us each. Adds up its own times, within
     * its calls: what other threads take away between two calls belongs to one or the other.
     */
    private static final class Half implements LcoreTask {
        private static final int CALLS = 10;
        private static final long NANOS = 10_000;
        private final CompletableFuture<LcoreUsage> result = new CompletableFuture<>();
        private final Lcore lcore;
        private long calls;
        private long with;
        private long without;

        Half(Lcore lcore) {
            this.lcore = lcore;
        }

        @Override
        public boolean poll(MempoolCaches caches) {
            final long start = System.nanoTime();
            if (calls == 1000 * CALLS) {
                result.complete(lcore.usage());
            }
            final boolean has = calls / CALLS % 2 == 1;
            final boolean after = calls % CALLS == 0;
            calls++;
            long end = start;
            while (end - start < NANOS) {
                end = System.nanoTime();
            }
            if (result.isDone()) {
                return has;
            }
            if (has) {
                with += end - start;
            } else if (!after) { // the first one's length is only estimated
                without += end - start;
            }
            return has;
        }
    }

    /** With the system's clock. */
    @Nested
    class OfAnLcore {
        private static final Duration SOON = Duration.ofSeconds(120);
        private static final long WINDOW_NANOS = TimeUnit.MILLISECONDS.toNanos(300);

        private final Mempools mempools = new Mempools(new TestDma());
        private final Lcore lcore = new Lcore(1, new TestCpus(2),
                mempools.caches("lcore-1"), (task, failure) -> { });

        @BeforeEach
        void start() {
            lcore.start();
        }

        @AfterEach
        void end() {
            lcore.end(SOON);
        }

        /** The share of the time from now on in which the lcore is busy with {@code tasks}. */
        private double busy(LcoreTask... tasks) throws Exception {
            lcore.assign(List.of(tasks));
            lcore.awaitBoundary(SOON);
            final LcoreUsage before = lcore.usage();
            Await.until(() -> lcore.usage().totalNanos() - before.totalNanos() > WINDOW_NANOS);
            final LcoreUsage after = lcore.usage();
            return (double) (after.busyNanos() - before.busyNanos())
                    / (after.totalNanos() - before.totalNanos());
        }

        @Test
        void shouldBeBusyUnderFullLoad() throws Exception {
            assertThat(busy(caches -> true)).isBetween(0.99, 1.01);
        }

        @Test
        void shouldBeBusyIfOneOfItsTasksIs() throws Exception {
            assertThat(busy(caches -> false, caches -> true)).isBetween(0.99, 1.01);
        }

        @Test
        void shouldBeIdleWithoutPackets() throws Exception {
            assertThat(busy(caches -> false)).isZero();
        }

        @Test
        void shouldBeIdleAsleepAndWithoutTasks() throws Exception {
            busy(caches -> true);
            busy();
            assertThat(busy()).isZero();
            assertThat(busy(caches -> {
                LockSupport.parkNanos(10_000_000);
                return false;
            })).isZero();
        }

        @Test
        void shouldBeHalfBusyAtHalfLoad() throws Exception {
            final Half task = new Half(lcore);
            final LcoreUsage before = lcore.usage();
            lcore.assign(List.of(task));
            final LcoreUsage after = task.result.get(120, TimeUnit.SECONDS);
            final long busy = after.busyNanos() - before.busyNanos();
            final long idle = after.totalNanos() - before.totalNanos() - busy;
            assertThat(busy).isGreaterThanOrEqualTo(task.with).isGreaterThan(50_000_000);
            assertThat(idle).isGreaterThanOrEqualTo(task.without).isGreaterThan(45_000_000);
        }
    }
}
