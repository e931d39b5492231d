// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testkit;

import io.hotbus.core.thread.Interrupts;
import io.hotbus.eal.hotplug.Lease;
import io.hotbus.eal.thread.InterruptThread;
import io.hotbus.os.LinuxException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** The thread {@code interrupt} of the product, with a counter of leases. Any thread. */
public final class RealInterrupts implements InterruptThread, AutoCloseable {
    private final Interrupts interrupts;
    private final AtomicInteger open = new AtomicInteger();

    /** Starts the thread. */
    public RealInterrupts() throws LinuxException {
        interrupts = new Interrupts(TestOs.linux());
    }

    /** The number of leases that are not closed. */
    public int open() {
        return open.get();
    }

    @Override
    public Lease watch(int fd, Runnable reader) {
        return counted(interrupts.watch(fd, reader));
    }

    @Override
    public Lease every(Duration period, Runnable task) {
        return counted(interrupts.every(period, task));
    }

    private Lease counted(Lease lease) {
        final AtomicBoolean closed = new AtomicBoolean();
        open.incrementAndGet();
        return () -> {
            lease.close();
            if (closed.compareAndSet(false, true)) {
                open.decrementAndGet();
            }
        };
    }

    /** Ends the thread. */
    @Override
    public void close() {
        interrupts.close();
    }
}
