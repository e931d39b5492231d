// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testkit;

import io.hotbus.eal.thread.CpuAffinity;
import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;

/** A number of CPUs without real pinning. The kernel id of a thread is its Java id. */
public final class TestCpus implements CpuAffinity {
    private final int count;

    /** Creates {@code count} CPUs, from number 0 on. */
    public TestCpus(int count) {
        this.count = count;
    }

    @Override
    public List<Integer> available() {
        return IntStream.range(0, count).boxed().toList();
    }

    /** CPUs with even numbers are on node 0, the others on node 1. */
    @Override
    public int numaNode(int cpu) {
        return cpu % 2;
    }

    @Override
    @SuppressWarnings("deprecation") // Thread.threadId is not in Java 17
    public int threadId() {
        return (int) Thread.currentThread().getId();
    }

    @Override
    public void pin(int cpu) throws IOException {
        if (cpu >= count) {
            throw new IOException("CPU " + cpu + ": EINVAL");
        }
    }

    /** Only checks the CPU: a test has too few threads to disturb one another. */
    @Override
    public void reserve(int cpu) throws IOException {
        pin(cpu);
    }
}
