// SPDX-License-Identifier: Apache-2.0
package io.hotbus.core.thread;

import io.hotbus.core.plugin.ServiceName;
import io.hotbus.eal.hotplug.Lease;
import io.hotbus.eal.thread.InterruptThread;
import io.hotbus.os.Linux;
import io.hotbus.os.LinuxException;
import java.time.Duration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The thread {@code interrupt}. */
@Component(service = InterruptThread.class)
public final class Interrupts implements InterruptThread {
    private static final Logger LOG = LoggerFactory.getLogger(Interrupts.class);

    private final EventLoop loop;

    @Activate
    public Interrupts(@Reference Linux linux) throws LinuxException {
        loop = new EventLoop(linux, "interrupt", () -> { });
        loop.start();
    }

    /** Ends the thread even if leases are open. Idempotent. */
    @Deactivate
    public void close() {
        loop.close();
    }

    @Override
    public Lease watch(int fd, Runnable reader) {
        Watch watch = new Watch(fd, reader);
        loop.watch(fd, watch);
        return watch;
    }

    @Override
    public Lease every(Duration period, Runnable task) {
        if (period.isNegative() || period.isZero()) {
            throw new IllegalArgumentException("every " + period);
        }
        Periodic periodic = new Periodic(period, task);
        loop.schedule(period, periodic);
        return periodic;
    }

    /** Work that runs until the lease is closed. The monitor is held while the work runs. */
    private abstract static class Leased implements Lease, Runnable {
        private final Runnable work;
        private volatile boolean closed;

        Leased(Runnable work) {
            this.work = work;
        }

        @Override
        public synchronized void run() {
            if (closed) {
                return;
            }
            try {
                work.run();
            } catch (Throwable e) {
                LOG.error("{}: failed on interrupt, which goes on", this, e);
            }
        }

        boolean isClosed() {
            return closed;
        }

        @Override
        public void close() {
            // Set before entering the monitor: work that runs again and again would rarely leave
            // the monitor to others.
            closed = true;
            cancel();
            synchronized (this) {
                // The work does not run here.
            }
        }

        abstract void cancel();

        /** Bundle and class of the work, for the log. */
        @Override
        public String toString() {
            return ServiceName.of(work);
        }
    }

    private final class Watch extends Leased {
        private final int fd;

        Watch(int fd, Runnable reader) {
            super(reader);
            this.fd = fd;
        }

        @Override
        void cancel() {
            loop.unwatch(fd, this);
        }
    }

    private final class Periodic extends Leased {
        private final Duration period;

        Periodic(Duration period, Runnable task) {
            super(task);
            this.period = period;
        }

        @Override
        public void run() {
            super.run();
            if (!isClosed()) {
                loop.schedule(period, this);
            }
        }

        @Override
        void cancel() {
            // Nothing to do: the work is not scheduled again, and a scheduled run has no effect.
        }
    }
}
