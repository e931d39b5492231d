// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bench;

import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.eal.mem.MempoolCaches;
import io.hotbus.eal.mem.Mempools;
import io.hotbus.testkit.TestDma;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
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
 * What a burst of buffers costs that is taken, written to and given back, by where the buffers come
 * from. Time per burst; {@code -t 2} for two lcores on one pool.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class MempoolBench {
    private static final int BUFFERS = 8192;
    private static final int PACKET = 60;
    private static final int PORT = 0;

    /** The pool, shared by all threads. */
    @State(Scope.Benchmark)
    public static class Pool {
        private final Mempools mempools = new Mempools(new TestDma());
        private final ThreadLocal<MempoolCaches> local =
                ThreadLocal.withInitial(() -> mempools.caches("thread-local"));
        private Mempool pool;

        @Setup
        public void create() throws IOException {
            pool = mempools.create("bench", BUFFERS, Mempool.DEFAULT_DATA_ROOM);
        }

        @TearDown
        public void close() {
            pool.close();
        }
    }

    /** What an lcore has. */
    @State(Scope.Thread)
    public static class Lcore {
        @Param({"1", "32", "256"})
        private int burst;
        private long[] mbufs;
        private MempoolCaches caches;

        @Setup
        public void start(Pool pool) {
            mbufs = new long[burst];
            caches = pool.mempools.caches("lcore");
        }

        @TearDown
        public void stop() {
            caches.close();
        }
    }

    /** Each buffer comes from the pool's ring and goes there. */
    @Benchmark
    public int ring(Pool pool, Lcore lcore) {
        int n = receive(pool.mempools.uncached(), pool.pool, lcore.mbufs);
        return send(pool.mempools.uncached(), lcore.mbufs, n);
    }

    /** From the caches that the caller passes: what the product does. */
    @Benchmark
    public int cachePassed(Pool pool, Lcore lcore) {
        int n = receive(lcore.caches, pool.pool, lcore.mbufs);
        return send(lcore.caches, lcore.mbufs, n);
    }

    /** From the caches that each call finds by a thread-local variable. */
    @Benchmark
    public int cacheThreadLocal(Pool pool, Lcore lcore) {
        int n = receive(pool.local.get(), pool.pool, lcore.mbufs);
        return send(pool.local.get(), lcore.mbufs, n);
    }

    /** Does with the buffers what a receive queue does. */
    private static int receive(MempoolCaches caches, Mempool pool, long[] mbufs) {
        int n = caches.of(pool).get(mbufs, 0, mbufs.length);
        for (int i = 0; i < n; i++) {
            Mbuf.received(mbufs[i], PACKET, PORT);
        }
        return n;
    }

    /** Does with the buffers what a transmit queue does. */
    private static int send(MempoolCaches caches, long[] mbufs, int count) {
        caches.free(mbufs, 0, count);
        return count;
    }
}
