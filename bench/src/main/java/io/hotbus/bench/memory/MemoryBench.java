// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bench.memory;

import io.hotbus.eal.mem.Mbuf;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What the accesses of a data path cost by the back end behind them; time per buffer or descriptor,
 * in bursts of 32. Everything lies in the CPU's first-level cache.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class MemoryBench {
    private static final int BURST = 32;
    /** Bytes from one buffer to the next: no two headers compete for a line of the cache. */
    private static final int BUFFER = 2048 + Mbuf.HEADER + Mbuf.HEADROOM;
    private static final int USER_DATA = 24;
    private static final int DATA = Mbuf.HEADER + Mbuf.HEADROOM;
    private static final int WORDS = 8;
    private static final int DESCRIPTOR = 16;
    private static final int STATUS = 8;

    @Param({"unsafe", "ffm", "bytebuffer"})
    private String backend;
    private Memory memory;
    private final long[] mbufs = new long[BURST];
    private long descriptors;

    @Setup
    public void make() throws IOException {
        memory = Memory.of(backend, BURST * (BUFFER + DESCRIPTOR));
        for (int i = 0; i < BURST; i++) {
            mbufs[i] = memory.base() + (long) i * BUFFER;
        }
        descriptors = memory.base() + (long) BURST * BUFFER;
    }

    /** A plain load and store of eight bytes in each buffer's header. */
    @Benchmark
    @OperationsPerInvocation(BURST)
    public void header() {
        Memory at = memory;
        long[] burst = mbufs;
        for (int i = 0; i < BURST; i++) {
            long mbuf = burst[i];
            at.put(mbuf + USER_DATA, at.get(mbuf + USER_DATA) + 1);
        }
    }

    /** 64 bytes of each packet, written as eight longs. */
    @Benchmark
    @OperationsPerInvocation(BURST)
    public void write64() {
        Memory at = memory;
        long[] burst = mbufs;
        for (int i = 0; i < BURST; i++) {
            long data = burst[i] + DATA;
            for (int j = 0; j < WORDS; j++) {
                at.put(data + (long) j * Long.BYTES, data ^ j);
            }
        }
    }

    /** A volatile load of each descriptor's status. */
    @Benchmark
    @OperationsPerInvocation(BURST)
    public long descriptor() {
        Memory at = memory;
        long status = 0;
        for (int i = 0; i < BURST; i++) {
            status |= at.getVolatile(descriptors + (long) i * DESCRIPTOR + STATUS);
        }
        return status;
    }
}
