// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bench;

import io.hotbus.eal.io.Mmio;
import io.hotbus.os.Linux;
import io.hotbus.os.LinuxException;
import io.hotbus.os.SigbusWindows;
import io.hotbus.testkit.TestOs;
import java.util.Arrays;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;

/**
 * How long a load takes from Java whose memory has just vanished: with one window in the table,
 * with 10,000, and with 64 threads on one window. The C program beside it (native/bench) measures
 * the same with a bare handler and with ours.
 */
public final class FaultToResume {
    private static final int SIZE = 128 << 10;
    private static final int WARM_UP = 4_000;
    private static final int ROUNDS = 2_000;
    private static final int THREADS = 64;
    private static final int THREAD_ROUNDS = 100;

    private final Linux linux = TestOs.linux();
    private final SigbusWindows table = TestOs.windows();

    public static void main(String[] args) throws Exception {
        new FaultToResume().run();
    }

    private void run() throws Exception {
        table.enable();
        oneThread(WARM_UP);
        print("Java, 1 window", oneThread(ROUNDS));
        int fd = linux.memfd("fillers", SIZE);
        for (int i = 1; i < 10_000; i++) {
            table.publish(linux.map("filler", SIZE, fd, 0), SIZE, false);
        }
        print("Java, 10,000 windows", oneThread(ROUNDS));
        print("Java, 64 threads on one window", manyThreads());
    }

    private long[] oneThread(int rounds) throws LinuxException {
        long[] nanos = new long[rounds];
        for (int i = 0; i < rounds; i++) {
            int fd = linux.memfd("bar", SIZE);
            Mmio window = new Mmio("bar", linux.map("bar", SIZE, fd, 0), SIZE);
            long number = table.publish(window.address(), SIZE, false);
            window.read32(0);
            linux.truncate(fd, 0);
            nanos[i] = timedRead(window);
            release(fd, window, number);
        }
        return nanos;
    }

    private static long timedRead(Mmio window) {
        long before = System.nanoTime();
        int value = window.read32(0);
        long nanos = System.nanoTime() - before;
        if (value != -1) {
            throw new AssertionError("read " + value + " from a window that is gone");
        }
        return nanos;
    }

    private void release(int fd, Mmio window, long number) throws LinuxException {
        table.withdraw(number);
        linux.unmap(window.address(), SIZE);
        linux.close(fd);
        table.take();
    }

    /** Every thread's time, of every round. */
    private long[] manyThreads() throws Exception {
        long[] nanos = new long[THREADS * THREAD_ROUNDS];
        CyclicBarrier barrier = new CyclicBarrier(THREADS + 1);
        Mmio[] current = new Mmio[1];
        for (int t = 0; t < THREADS; t++) {
            int first = t * THREAD_ROUNDS;
            new Thread(() -> {
                try {
                    for (int round = 0; round < THREAD_ROUNDS; round++) {
                        barrier.await();
                        nanos[first + round] = timedRead(current[0]);
                        barrier.await();
                    }
                } catch (InterruptedException | BrokenBarrierException e) {
                    throw new IllegalStateException(e);
                }
            }).start();
        }
        for (int round = 0; round < THREAD_ROUNDS; round++) {
            int fd = linux.memfd("bar", SIZE);
            Mmio window = new Mmio("bar", linux.map("bar", SIZE, fd, 0), SIZE);
            long number = table.publish(window.address(), SIZE, false);
            window.read32(0);
            linux.truncate(fd, 0);
            current[0] = window;
            barrier.await();
            barrier.await();
            long faults = table.window(number).orElseThrow().faults();
            if (faults != 1) {
                throw new AssertionError(faults + " repairs of one window");
            }
            release(fd, window, number);
        }
        return nanos;
    }

    private static void print(String what, long[] nanos) {
        Arrays.sort(nanos);
        System.out.printf("%-38s %6.1f   %6.1f   %6.1f%n", what, nanos[nanos.length / 2] / 1e3,
                nanos[nanos.length * 99 / 100] / 1e3, nanos[nanos.length - 1] / 1e3);
    }
}
