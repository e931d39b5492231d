// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bench;

import io.hotbus.app.Lcore;
import io.hotbus.app.LcoreTask;
import io.hotbus.app.StallWatch;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.hotplug.DeviceStep;
import io.hotbus.eal.mem.MempoolCaches;
import io.hotbus.eal.mem.Mempools;
import io.hotbus.testkit.TestCpus;
import io.hotbus.testkit.TestDma;
import io.hotbus.testkit.TestPlatform;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What it costs that removals are taken down: a step that is published where no listener is, and
 * polls of an lcore that is watched for stalls. Needs two CPUs.
 */
@BenchmarkMode(Mode.AverageTime)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class StepBench {
    /** The real publisher of steps. */
    @State(Scope.Benchmark)
    public static class Platform {
        private TestPlatform platform;

        @Setup
        public void create() throws IOException, DeviceException {
            platform = new TestPlatform();
        }

        @TearDown
        public void close() throws DeviceException {
            platform.close();
        }
    }

    /** An lcore with a task that counts its calls. */
    @State(Scope.Benchmark)
    public static class Polls implements LcoreTask {
        private static final int A_ROUND = 1_000_000;

        @Param({"false", "true"})
        private boolean watched;
        private final Mempools mempools = new Mempools(new TestDma());
        private final Lcore lcore = new Lcore(1, new TestCpus(2), mempools.caches("lcore-1"),
                (task, failure) -> {
                    throw new AssertionError(failure);
                });
        private StallWatch watch;
        private long calls;
        private volatile long rounds;

        @Setup(Level.Trial)
        public void begin() {
            lcore.start();
            lcore.assign(List.of(this));
            if (watched) {
                watch = new StallWatch(() -> List.of(lcore), event -> { });
            }
        }

        @Override
        public boolean poll(MempoolCaches caches) {
            if (++calls == A_ROUND) {
                calls = 0;
                rounds++;
            }
            return true;
        }

        @TearDown(Level.Trial)
        public void end() {
            if (watched) {
                watch.close();
            }
            lcore.end(Duration.ofSeconds(2));
        }
    }

    /** Nobody listens. */
    @Benchmark
    @OutputTimeUnit(TimeUnit.NANOSECONDS)
    public void stepWithoutListener(Platform p) {
        p.platform.events().step(DeviceStep.Kind.PROBE, "vdev", "net_null0", () -> { });
    }

    /** A million polls. */
    @Benchmark
    @OutputTimeUnit(TimeUnit.MICROSECONDS)
    public long millionPolls(Polls polls) {
        final long before = polls.rounds;
        while (polls.rounds == before) {
            Thread.onSpinWait();
        }
        return polls.rounds;
    }
}
