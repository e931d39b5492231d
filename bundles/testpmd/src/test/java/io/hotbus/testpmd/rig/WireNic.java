// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.rig;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.eal.ring.MpmcRing;
import io.hotbus.ethdev.EthDev;
import io.hotbus.ethdev.EthDevInfo;
import io.hotbus.ethdev.EthStats;
import io.hotbus.ethdev.Link;
import io.hotbus.ethdev.MacAddress;
import io.hotbus.ethdev.QueueCounters;
import io.hotbus.ethdev.QueueLimits;
import io.hotbus.ethdev.RxFilter;
import io.hotbus.ethdev.RxFilterLimits;
import io.hotbus.ethdev.RxQueue;
import io.hotbus.ethdev.TxQueue;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * A NIC for tests. A packet sent on a queue appears in the receive queue of the same index at the
 * other end. The NIC notices misuse by the port. Its locks stand in for hardware.
 */
public final class WireNic implements EthDev {
    static final int MAX_QUEUES = 4;
    private static final int DEPTH = 1024;
    private static final int PREFERRED_BURST = 24;

    private final String name;
    private final List<QueueCounters> rx = counters();
    private final List<QueueCounters> tx = counters();
    private final MpmcRing[] received = new MpmcRing[MAX_QUEUES];
    private final List<String> calls = new CopyOnWriteArrayList<>();
    private final List<String> misuse = new CopyOnWriteArrayList<>();
    private volatile WireNic end;
    private volatile boolean running;
    private volatile boolean pulledOut;
    private volatile boolean failsToStart;
    private volatile CountDownLatch hang = new CountDownLatch(0);
    private final AtomicInteger hanging = new AtomicInteger();
    /** Guarded by misuse. */
    private int inside;
    private Mempool pool;
    private volatile RxFilter filter;

    public WireNic(String name) {
        this.name = name;
        this.filter = info().filter().initial(info().macAddress());
        for (int i = 0; i < MAX_QUEUES; i++) {
            received[i] = new MpmcRing(DEPTH);
        }
    }

    private static List<QueueCounters> counters() {
        return Stream.generate(QueueCounters::new).limit(MAX_QUEUES).toList();
    }

    /** Lays a wire; with itself: a loopback plug. */
    public void wire(WireNic other) {
        end = other;
        other.end = this;
    }

    /** From now on nothing comes and nothing goes. */
    public void pullOut() {
        pulledOut = true;
    }

    public void failToStart() {
        failsToStart = true;
    }

    /** Bursts do not return until the latch is open. */
    public void hangUntil(CountDownLatch latch) {
        hang = latch;
    }

    /** The calls that change its state, in order. */
    public List<String> calls() {
        return calls;
    }

    /** What a driver need not put up with: a burst while it is stopped, or being stopped in one. */
    public List<String> misuse() {
        return misuse;
    }

    public RxFilter filter() {
        return filter;
    }

    public boolean isPromiscuous() {
        return filter.promiscuous();
    }

    /** Whether a thread is in a burst, held up by {@link #hangUntil}. */
    public boolean isHanging() {
        return hanging.get() > 0;
    }

    @Override
    public EthDevInfo info() {
        return new EthDevInfo("net_wire",
                new MacAddress(1L << 41 | name.charAt(name.length() - 1)),
                new QueueLimits(MAX_QUEUES, 64, 1024).withPreferredBurst(PREFERRED_BURST))
                .withMaxMtu(9000)
                .withFilter(new RxFilterLimits(4, true, 4, true, true, true));
    }

    @Override
    public RxQueue setupRxQueue(int index, int descriptors, Mempool from) {
        pool = from;
        return (caches, mbufs, count) -> {
            enter();
            try {
                int n = pulledOut ? 0 : received[index].poll(mbufs, 0, count);
                rx.get(index).add(n, bytes(mbufs, n));
                return n;
            } finally {
                leave();
            }
        };
    }

    @Override
    public TxQueue setupTxQueue(int index, int descriptors, Mempool from) {
        return (caches, mbufs, count) -> {
            enter();
            try {
                WireNic other = end;
                int n = pulledOut || other == null ? 0 : other.accept(index, mbufs, count);
                tx.get(index).add(n, bytes(mbufs, n));
                return n;
            } finally {
                leave();
            }
        };
    }

    private synchronized int accept(int index, long[] mbufs, int count) {
        return running && !pulledOut ? received[index].offer(mbufs, 0, count) : 0;
    }

    private static long bytes(long[] mbufs, int count) {
        long bytes = 0;
        for (int i = 0; i < count; i++) {
            bytes += Mbuf.length(mbufs[i]);
        }
        return bytes;
    }

    private void enter() {
        synchronized (misuse) {
            inside++;
            if (!running) {
                misuse.add(name + ": burst while stopped");
            }
        }
        CountDownLatch latch = hang;
        if (latch.getCount() > 0) {
            hanging.incrementAndGet();
            try {
                latch.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            } finally {
                hanging.decrementAndGet();
            }
        }
    }

    private void leave() {
        synchronized (misuse) {
            inside--;
        }
    }

    @Override
    public void start() throws DeviceException {
        if (failsToStart) {
            throw new DeviceException(name + ": does not start");
        }
        calls.add("start");
        running = true;
    }

    @Override
    public synchronized void stop() {
        synchronized (misuse) {
            if (inside > 0) {
                misuse.add(name + ": stopped while in a burst");
            }
        }
        calls.add("stop");
        running = false;
    }

    @Override
    public synchronized void close() {
        calls.add("close");
        long[] mbufs = new long[DEPTH];
        for (MpmcRing ring : received) {
            int n = ring.poll(mbufs, 0, DEPTH);
            if (n != 0) {
                pool.mempools().uncached().free(mbufs, 0, n);
            }
        }
    }

    @Override
    public Link link() {
        return running ? new Link(true, 10_000, true) : Link.DOWN;
    }

    @Override
    public EthStats stats() {
        return QueueCounters.total(rx, tx, 0);
    }

    @Override
    public boolean statsOutliveDevice() {
        return true;
    }

    @Override
    public void resetStats() {
        rx.forEach(QueueCounters::reset);
        tx.forEach(QueueCounters::reset);
    }

    @Override
    public Map<String, Long> xstats() {
        return Map.of("wire_length_m", 3L);
    }

    @Override
    public void setRxFilter(RxFilter filter) {
        this.filter = filter;
    }
}
