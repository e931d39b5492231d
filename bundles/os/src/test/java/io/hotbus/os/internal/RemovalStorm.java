// SPDX-License-Identifier: Apache-2.0
package io.hotbus.os.internal;

import io.hotbus.os.Linux;
import io.hotbus.os.SigbusWindows;
import io.hotbus.os.SigbusWindows.Fault;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Phaser;

/**
 * A program: several threads poll a device and allocate, the GC runs all the time, the device goes
 * and comes back. Exits with 0 if each removal was one repair and all threads lived on.
 */
public final class RemovalStorm {
    private static final int POLLERS = 4;
    private static final int ALL_ONES = -1;

    private final int rounds;
    private final int pollsBeforeRemoval;
    private final Phaser phaser = new Phaser(POLLERS + 1);
    private final Linux linux = new LinuxCalls();
    private final SigbusWindows windows = new NativeSigbusWindows(TestLibrary.HOTBUS);
    private volatile CountDownLatch allPolling;
    private volatile byte[] garbage;

    private RemovalStorm(int rounds, int pollsBeforeRemoval) {
        this.rounds = rounds;
        this.pollsBeforeRemoval = pollsBeforeRemoval;
    }

    /** @param args rounds, and how often each thread polls before the device goes */
    public static void main(String[] args) throws Exception {
        Thread.setDefaultUncaughtExceptionHandler((thread, error) -> {
            error.printStackTrace();
            Runtime.getRuntime().halt(2);
        });
        new RemovalStorm(Integer.parseInt(args[0]), Integer.parseInt(args[1])).run();
    }

    private void run() throws Exception {
        windows.enable();
        try (MemfdDevice device = new MemfdDevice(linux, windows, 1 << 17, false)) {
            for (int i = 0; i < POLLERS; i++) {
                start("poller-" + i, () -> pollInAllRounds(device));
            }
            start("gc", RemovalStorm::collectForEver);
            for (int round = 1; round <= rounds; round++) {
                removeAndReturn(device, round);
            }
        }
        System.out.println(rounds + " removals survived");
    }

    private void removeAndReturn(MemfdDevice device, int round) throws Exception {
        device.write32(0, round);
        allPolling = new CountDownLatch(POLLERS);
        phaser.arriveAndAwaitAdvance();
        allPolling.await();

        device.pullOut();

        phaser.arriveAndAwaitAdvance();
        final List<Fault> faults = windows.take();
        if (faults.size() != 1 || faults.get(0).count() != round) {
            throw new AssertionError("round " + round + ": " + faults);
        }
        device.plugIn();
    }

    private void pollInAllRounds(MemfdDevice device) {
        for (int round = 1; round <= rounds; round++) {
            phaser.arriveAndAwaitAdvance();
            pollUntilRemoved(device, round);
            phaser.arriveAndAwaitAdvance();
        }
    }

    private void pollUntilRemoved(MemfdDevice device, int expected) {
        int polls = 0;
        int value;
        do {
            value = device.read32(0);
            garbage = new byte[64];
            if (++polls == pollsBeforeRemoval) {
                allPolling.countDown();
            }
        } while (value == expected);
        if (value != ALL_ONES) {
            throw new AssertionError("read " + Integer.toHexString(value));
        }
    }

    private static void collectForEver() {
        while (true) {
            System.gc();
        }
    }

    private static void start(String name, Runnable task) {
        final Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
    }
}
