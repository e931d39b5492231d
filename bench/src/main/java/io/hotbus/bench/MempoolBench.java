// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bench;

import io.hotbus.eal.ring.MpmcRing;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/** What a buffer costs that goes through the pool's ring, in bursts of 32; time per buffer. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class MempoolBench {
    private static final int BURST = 32;

    /** The ring, shared. */
    @State(Scope.Benchmark)
    public static class Pool {
        private final MpmcRing ring = new MpmcRing(8192);

        @Setup
        public void fill() {
            ring.offer(new long[4096], 0, 4096);
        }
    }

    /** A thread's burst. */
    @State(Scope.Thread)
    public static class Burst {
        private final long[] mbufs = new long[BURST];
    }

    @Benchmark
    @OperationsPerInvocation(BURST)
    public int oneThread(Pool pool, Burst burst) {
        return turn(pool, burst);
    }

    @Benchmark
    @Threads(2)
    @OperationsPerInvocation(BURST)
    public int twoThreads(Pool pool, Burst burst) {
        return turn(pool, burst);
    }

    private static int turn(Pool pool, Burst burst) {
        int n = pool.ring.poll(burst.mbufs, 0, BURST);
        return pool.ring.offer(burst.mbufs, 0, n);
    }
}
