// SPDX-License-Identifier: Apache-2.0
package io.hotbus.itest;

import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.eal.mem.MempoolCaches;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortUser;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceRegistration;

/**
 * A thread that sends and receives on ports without pause, like an lcore. It releases a withdrawn
 * port between two bursts.
 */
final class Poller implements AutoCloseable, PortUser {
    private static final int BURST = 32;

    /** The counters of one port. Only the thread writes them. */
    static final class Seen {
        private final Port port;
        private volatile long received;
        private volatile long sent;
        private volatile long worstGapNanos;
        private long last = System.nanoTime();

        private Seen(Port port) {
            this.port = port;
        }

        long received() {
            return received;
        }

        long sent() {
            return sent;
        }

        /** The longest time from one packet received to the next. */
        long worstGapNanos() {
            return worstGapNanos;
        }

        private void received(int count) {
            long now = System.nanoTime();
            if (count > 0) {
                worstGapNanos = Math.max(worstGapNanos, now - last);
                last = now;
                received += count;
            }
        }
    }

    private final Mempool pool;
    /** The counters of the polled ports. Nothing is kept of ports whose driver is gone. */
    private final Map<Port, Seen> seen = new ConcurrentHashMap<>();
    private final AtomicReference<Seen[]> work = new AtomicReference<>(new Seen[0]);
    /** The work that the loop has taken up. The loop does no other work. */
    private volatile Seen[] taken;
    private volatile long received;
    private volatile boolean sending = true;
    private volatile boolean stopped;
    private final Thread thread = new Thread(this::run, "itest-poller");
    private final ServiceRegistration<?> registration;

    Poller(Application application, Port... ports) {
        this.pool = application.pool();
        for (Port port : ports) {
            add(port);
        }
        registration = FrameworkUtil.getBundle(Poller.class).getBundleContext()
                .registerService(PortUser.class, this, null);
        thread.start();
    }

    /** Adds {@code port}, which is polled from the next round on. */
    void add(Port port) {
        Seen fresh = new Seen(port);
        seen.put(port, fresh);
        work.updateAndGet(now -> {
            Seen[] next = Arrays.copyOf(now, now.length + 1);
            next[now.length] = fresh;
            return next;
        });
    }

    @Override
    public void release(Port port) {
        work.updateAndGet(now -> Arrays.stream(now).noneMatch(s -> s.port == port) ? now
                : Arrays.stream(now).filter(s -> s.port != port).toArray(Seen[]::new));
        await("a burst on " + port.name() + " does not end",
                () -> taken == work.get() || !thread.isAlive());
        seen.remove(port);
    }

    private void run() {
        long[] mbufs = new long[BURST];
        try (MempoolCaches caches = pool.mempools().caches(thread.getName())) {
            while (!stopped) {
                Seen[] now = work.get();
                taken = now;
                for (Seen one : now) {
                    poll(one, caches, mbufs);
                }
            }
        }
    }

    private void poll(Seen one, MempoolCaches caches, long[] mbufs) {
        int got = one.port.rxQueue(0).burst(caches, mbufs, BURST);
        caches.free(mbufs, 0, got);
        one.received(got);
        received += got;
        int fresh = sending ? caches.of(pool).get(mbufs, 0, BURST) : 0;
        for (int i = 0; i < fresh; i++) {
            Mbuf.reset(mbufs[i]);
            Mbuf.setLength(mbufs[i], 64);
        }
        int sent = one.port.txQueue(0).burst(caches, mbufs, fresh);
        caches.free(mbufs, sent, fresh - sent);
        one.sent += sent;
    }

    /** The counters of {@code port}, which must be polled. */
    Seen seen(Port port) {
        return seen.get(port);
    }

    /** Waits until {@code count} more packets have come in on any of the ports. */
    void awaitPackets(long count) {
        long target = received + count;
        await("packets stopped", () -> received >= target);
    }

    /** Waits until {@code count} more packets have come in on {@code port}. */
    void awaitPackets(Port port, long count) {
        Seen one = seen(port);
        long target = one.received + count;
        await(port.name() + " has stopped", () -> one.received >= target);
    }

    /** Stops sending, and waits until all packets sent on {@code port} have come in again. */
    void awaitAllReceived(Port port) {
        sending = false;
        Seen[] all = work.get();
        work.set(all.clone());
        await("a burst does not end", () -> taken == work.get());
        Seen one = seen(port);
        await(port.name() + " has lost packets", () -> one.received == one.sent);
    }

    private void await(String trouble, BooleanSupplier condition) {
        Waiting.until(() -> trouble + ": " + this, condition);
    }

    boolean alive() {
        return thread.isAlive();
    }

    @Override
    public void close() {
        stopped = true;
        try {
            thread.join(TimeUnit.SECONDS.toMillis(Application.DEADLINE_SECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        registration.unregister();
        if (thread.isAlive()) {
            throw new AssertionError("the poller hangs");
        }
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(alive() ? "polling" : "dead");
        for (Seen one : work.get()) {
            text.append(", %s sent %s received %s".formatted(
                    one.port.name(), one.sent, one.received));
        }
        return text.toString();
    }
}
