// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.sim;

import io.hotbus.os.Linux;
import io.hotbus.os.LinuxException;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the hardware: the thread {@code sim-hw} steps through all NICs, for as long as there are
 * any. Only that thread works inside a NIC, between two steps. So a NIC needs no lock, and a caller
 * whose task has returned knows that no access is under way.
 *
 * <p>Control threads; they are serialised.
 */
final class SimEngine {
    private static final Logger LOG = LoggerFactory.getLogger(SimEngine.class);

    // How an idle engine waits: it spins at first, some 20 us, so that a busy wire is fast; then it
    // sleeps a little, and after a quarter of a second longer. No Thread.yield: where threads that
    // poll share its CPU it gives up a whole time slice, while one that wakes from sleep is let in
    // at once (measured with 4 busy threads on 2 CPUs: 0.1 against 1.9 million packets per second).
    private static final int SPINS = 200;
    private static final int SHORT_SLEEPS = 4_000;
    /** The kernel adds its timer slack, 50 us. */
    private static final long SHORT_SLEEP_NANOS = 10_000;
    private static final long LONG_SLEEP_NANOS = 1_000_000;

    /**
     * Real hardware takes no CPU time. If the simulation shares a CPU with threads of the platform,
     * those threads go first; otherwise a removal would be handled some time slices late.
     */
    private static final int NICENESS = 10;

    /** A task on sim-hw. */
    private record Command(Runnable action, CountDownLatch done) {
    }

    private final Linux linux;
    private volatile Command command;
    private volatile boolean stopping;
    /** Null while there are no NICs. Guarded by this. */
    private Thread thread;
    /** Changed only on sim-hw, or while there is no thread. */
    private SimNic[] nics = {};

    SimEngine(Linux linux) {
        this.linux = linux;
    }

    /** Runs {@code nic} from now on. */
    synchronized void add(SimNic nic) {
        call(() -> {
            nics = Arrays.copyOf(nics, nics.length + 1);
            nics[nics.length - 1] = nic;
        });
        if (thread == null) {
            stopping = false;
            thread = new Thread(this::run, "sim-hw");
            thread.setDaemon(true);
            thread.start();
        }
    }

    /**
     * Removes {@code nic}. When this returns, it accesses no memory, and its wire is unplugged.
     * Idempotent.
     */
    synchronized void remove(SimNic nic) {
        call(() -> {
            nic.unwire();
            nics = Arrays.stream(nics).filter(n -> n != nic).toArray(SimNic[]::new);
            stopping = nics.length == 0;
        });
        if (stopping && thread != null) {
            uninterrupted(thread::join);
            thread = null;
        }
    }

    /** Runs {@code action} on sim-hw, between two steps, and waits for it. */
    synchronized void call(Runnable action) {
        if (thread == null) {
            action.run();
            return;
        }
        Command mine = new Command(action, new CountDownLatch(1));
        command = mine;
        LockSupport.unpark(thread);
        uninterrupted(mine.done()::await);
    }

    /** Waits for something that is certain to be short. */
    @FunctionalInterface
    private interface Wait {
        void run() throws InterruptedException;
    }

    /**
     * Waits to the end. If the thread is interrupted meanwhile, its interrupt status is set
     * afterwards.
     */
    private static void uninterrupted(Wait wait) {
        boolean interrupted = false;
        while (true) {
            try {
                wait.run();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        int idle = 0;
        try {
            linux.nice(NICENESS);
        } catch (LinuxException e) {
            LOG.debug("sim-hw: {}", e.getMessage());
        }
        while (!stopping) {
            runCommand();
            if (stepAll() > 0) {
                idle = 0;
            } else {
                pause(idle);
                idle = Math.min(idle + 1, SPINS + SHORT_SLEEPS);
            }
        }
    }

    private void runCommand() {
        Command next = command;
        if (next != null) {
            command = null;
            try {
                next.action().run();
            } catch (RuntimeException | Error e) {
                LOG.error("sim-hw: a command failed", e);
            } finally {
                next.done().countDown();
            }
        }
    }

    private int stepAll() {
        int moved = 0;
        for (SimNic nic : nics) {
            try {
                moved += nic.step();
            } catch (RuntimeException | Error e) {
                LOG.error("{}: its hardware failed and stands still", nic.name(), e);
                nic.unwire();
                nics = Arrays.stream(nics).filter(n -> n != nic).toArray(SimNic[]::new);
            }
        }
        return moved;
    }

    private static void pause(int idle) {
        if (idle < SPINS) {
            Thread.onSpinWait();
        } else {
            LockSupport.parkNanos(
                    idle < SPINS + SHORT_SLEEPS ? SHORT_SLEEP_NANOS : LONG_SLEEP_NANOS);
        }
    }
}
