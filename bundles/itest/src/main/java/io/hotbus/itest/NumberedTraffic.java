// SPDX-License-Identifier: Apache-2.0
package io.hotbus.itest;

import io.hotbus.eal.io.RawMemory;
import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.eal.mem.MempoolCaches;
import io.hotbus.ethdev.Port;
import java.util.BitSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Sends numbered packets on one port as fast as it takes them, and receives them on others: counts
 * what is lost and what comes twice, and measures how long nothing comes. One thread does it, like
 * an lcore. A packet that the port does not take is sent again.
 */
final class NumberedTraffic implements AutoCloseable {
    private static final int BURST = 32;
    private static final int LENGTH = 64;
    /** Where the number of a packet is, behind the Ethernet header. */
    private static final int NUMBER = 16;
    private static final long HEADER_HIGH = 0xffff_ffff_ffff_0200L;
    /** Packets that may be under way: fewer than there are buffers for. */
    private static final long WINDOW = 1024;
    /** What has not come after so long does not count as under way any more. */
    private static final long LOST_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    /** Looks without a packet until those that are missing count as lost. */
    private static final int QUIET_LOOKS = 40;
    /** Bursts between two readings of {@link CpuWaits}, which take microseconds. */
    private static final int READING = 16;

    private final Mempool pool;
    private final Port from;
    private final Port[] to;
    private final BitSet seen = new BitSet();
    private final long[] unsent = new long[BURST];
    private final long restNanos;
    private final Thread thread = new Thread(this::run, "itest-traffic");
    private int waiting;
    private long overdue;
    private long waited;
    private int bursts;
    private long last = System.nanoTime();
    private volatile boolean sending = true;
    private volatile boolean drained;
    private volatile boolean stopped;
    private volatile long sent;
    private volatile long received;
    private volatile long duplicates;
    private volatile long late;
    private volatile long longestGapNanos;
    private volatile long longestOwnGapNanos;
    private volatile Throwable failure;
    private long highest = -1;

    NumberedTraffic(Mempool pool, Port from, Port... to) {
        this(0, pool, from, to);
    }

    /** With a rest after each burst. */
    NumberedTraffic(long restNanos, Mempool pool, Port from, Port... to) {
        this.restNanos = restNanos;
        this.pool = pool;
        this.from = from;
        this.to = to.clone();
        thread.start();
    }

    private void run() {
        long[] mbufs = new long[BURST];
        try (MempoolCaches caches = pool.mempools().caches(thread.getName());
                CpuWaits waits = new CpuWaits("sim-hw")) {
            while (!stopped) {
                send(caches);
                receive(caches, mbufs, waits);
                if (restNanos > 0) {
                    LockSupport.parkNanos(restNanos);
                }
            }
            caches.free(unsent, 0, waiting);
        } catch (RuntimeException | Error e) {
            failure = e;
        }
    }

    private void send(MempoolCaches caches) {
        if (waiting == 0 && sending && sent - received - overdue < WINDOW) {
            waiting = caches.of(pool).get(unsent, 0, BURST);
            for (int i = 0; i < waiting; i++) {
                Mbuf.reset(unsent[i]);
                Mbuf.setLength(unsent[i], LENGTH);
                long data = Mbuf.data(unsent[i]);
                RawMemory.putLong(data, Long.reverseBytes(HEADER_HIGH));
                RawMemory.putLong(data + Long.BYTES, 0);
                RawMemory.putLong(data + NUMBER, sent + i);
            }
        }
        int taken = from.txQueue(0).burst(caches, unsent, waiting);
        sent += taken;
        waiting -= taken;
        System.arraycopy(unsent, taken, unsent, 0, waiting);
        drained = !sending && waiting == 0;
    }

    private void receive(MempoolCaches caches, long[] mbufs, CpuWaits waits) {
        int got = 0;
        for (Port port : to) {
            int now = port.rxQueue(0).burst(caches, mbufs, BURST);
            for (int i = 0; i < now; i++) {
                note(RawMemory.getLong(Mbuf.data(mbufs[i]) + NUMBER));
            }
            caches.free(mbufs, 0, now);
            got += now;
        }
        long now = System.nanoTime();
        if (got > 0) {
            noteGap(now - last, waits);
            last = System.nanoTime();
        } else if (now - last > LOST_NANOS) {
            overdue = sent - received;
        }
    }

    private void noteGap(long nanos, CpuWaits waits) {
        boolean longest = nanos > longestGapNanos;
        if (longest || ++bursts % READING == 0) {
            long before = waited;
            waited = waits.nanos();
            if (longest) {
                longestGapNanos = nanos;
                longestOwnGapNanos = Math.max(0, nanos - (waited - before));
            }
        }
    }

    private void note(long number) {
        int index = Math.toIntExact(number);
        if (seen.get(index)) {
            duplicates++;
            return;
        }
        seen.set(index);
        if (number < highest) {
            late++;
        }
        highest = Math.max(highest, number);
        received++;
    }

    /** Waits until {@code count} more packets have come in. */
    void awaitPackets(long count) {
        long target = received + count;
        Waiting.until(() -> "packets stopped: " + this,
                () -> received >= target || failure != null);
        if (failure != null) {
            throw new AssertionError(failure);
        }
    }

    /** The longest time without a packet since the last call, or the begin. */
    long takeLongestGapNanos() {
        long gap = longestGapNanos;
        longestGapNanos = 0;
        return gap;
    }

    /**
     * The longest time without a packet, see {@link #takeLongestGapNanos}, less what this thread
     * and the simulated hardware waited for a CPU meanwhile.
     */
    long longestOwnGapNanos() {
        return longestOwnGapNanos;
    }

    /**
     * Stops sending, and waits until nothing has come for half a second. While packets are missing,
     * for longer, since the simulated hardware may wait for a CPU.
     */
    void drain() throws InterruptedException {
        sending = false;
        Waiting.until("not all packets are taken", () -> drained || failure != null);
        int quiet = 0;
        while (quiet < (lost() == 0 ? 1 : QUIET_LOOKS)) {
            long before = received + duplicates;
            TimeUnit.MILLISECONDS.sleep(500);
            quiet = received + duplicates == before ? quiet + 1 : 0;
        }
    }

    /** Goes on after {@link #drain} or {@link #pause}. */
    void resume() {
        sending = true;
    }

    /** Stops sending, and waits until all that was sent has come in. */
    void pause() {
        sending = false;
        Waiting.until(() -> "packets are missing from number %s on: %s"
                .formatted(seen.nextClearBit(0), this),
                () -> drained && received == sent || failure != null);
    }

    long sent() {
        return sent;
    }

    /** How many packets were taken and have not come in. */
    long lost() {
        return sent - received;
    }

    /** How many packets have come in once more. */
    long duplicates() {
        return duplicates;
    }

    /** How many packets have come in after one that was sent later. */
    long late() {
        return late;
    }

    @Override
    public void close() throws InterruptedException {
        stopped = true;
        thread.join();
    }

    @Override
    public String toString() {
        return "sent %s, received %s, twice %s, late %s".formatted(
                sent, received, duplicates, late);
    }
}
