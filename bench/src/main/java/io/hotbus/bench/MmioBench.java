// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bench;

import io.hotbus.eal.io.Mmio;
import io.hotbus.eal.io.RawMemory;
import io.hotbus.os.Linux;
import io.hotbus.os.LinuxException;
import io.hotbus.testkit.TestOs;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What a register access costs, with and without the check of its offset. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class MmioBench {
    private Mmio window;
    private long offset = 64;

    @Setup
    public void map() throws LinuxException {
        Linux linux = TestOs.linux();
        int fd = linux.memfd("bar", 4096);
        window = new Mmio("bar", linux.map("bar", 4096, fd, 0), 4096);
    }

    @Benchmark
    public int read32() {
        return window.read32(offset);
    }

    @Benchmark
    public int rawRead32() {
        return RawMemory.getIntVolatile(window.address() + offset);
    }

    @Benchmark
    public void write32() {
        window.write32(offset, 1);
    }

    @Benchmark
    public void rawWrite32() {
        RawMemory.putIntRelease(window.address() + offset, 1);
    }
}
