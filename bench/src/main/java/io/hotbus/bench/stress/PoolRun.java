// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bench.stress;

import io.hotbus.eal.mem.DmaMemory;
import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.eal.mem.MempoolCaches;
import io.hotbus.eal.mem.Mempools;
import io.hotbus.testkit.TestDma;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.stream.LongStream;

/**
 * One race of two threads on a {@link Mempool} of four buffers, with caches of two: most gets and
 * puts go on to the ring.
 */
final class PoolRun {
    static final int BUFFERS = 4;
    private static final int CACHED = 2;
    private static final int DATA_ROOM = 64;
    private static final int ELEMENT = Mbuf.HEADER + Mbuf.HEADROOM + DATA_ROOM;
    /** Of all runs: buffers are mere handles here. */
    private static final DmaMemory MEMORY = memory();

    private final Mempools mempools = new Mempools((name, bytes, node) -> MEMORY);
    private final Mempool pool;
    /** By buffer: who took it last. Plain: the pool has to order the writes. */
    private final Holder[] owners = new Holder[BUFFERS];
    private final Holder first;
    private final Holder second;

    private PoolRun(boolean twoLcores) {
        try {
            pool = mempools.create("stress", BUFFERS, DATA_ROOM);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        first = new Holder(mempools.caches("first", CACHED));
        second = new Holder(twoLcores ? mempools.caches("second", CACHED) : mempools.uncached());
    }

    static PoolRun twoLcores() {
        return new PoolRun(true);
    }

    /** The second thread has no cache. */
    static PoolRun lcoreAndControlThread() {
        return new PoolRun(false);
    }

    private static DmaMemory memory() {
        try {
            return new TestDma().allocate("stress", (long) BUFFERS * ELEMENT);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Holder first() {
        return first;
    }

    Holder second() {
        return second;
    }

    /** What came of it, once both are through; empties the pool. */
    String verdict() {
        if (first.robbed() || second.robbed()) {
            return "with both";
        }
        int held = first.count + second.count;
        if (pool.available() + held != BUFFERS) {
            return "counted wrong";
        }
        first.caches.flush();
        second.caches.flush();
        long[] rest = new long[BUFFERS + 1];
        int free = pool.get(rest, 0, rest.length);
        long different = LongStream.concat(Arrays.stream(rest, 0, free),
                LongStream.concat(first.stream(), second.stream())).distinct().count();
        if (different < free + held) {
            return "twice";
        }
        return different < BUFFERS ? "lost"
                : "each once, held: %s and %s".formatted(first.count, second.count);
    }

    /** A thread, and the buffers it holds. */
    final class Holder {
        private final MempoolCaches caches;
        private final long[] held = new long[BUFFERS];
        private int count;
        private boolean robbed;

        private Holder(MempoolCaches caches) {
            this.caches = caches;
            caches.of(pool);
        }

        /** Takes up to {@code wanted} buffers. */
        void take(int wanted) {
            int n = caches.of(pool).get(held, count, wanted);
            for (int i = count; i < count + n; i++) {
                owners[index(held[i])] = this;
            }
            count += n;
        }

        /** Gives up to {@code wanted} buffers back. */
        void give(int wanted) {
            robbed = robbed();
            int n = Math.min(wanted, count);
            count -= n;
            caches.put(held, count, n);
        }

        /** Has {@code other} hold all buffers of this one. */
        void handOverTo(Holder other) {
            for (int i = 0; i < count; i++) {
                owners[index(held[i])] = other;
            }
            System.arraycopy(held, 0, other.held, other.count, count);
            other.count += count;
            count = 0;
        }

        private LongStream stream() {
            return Arrays.stream(held, 0, count);
        }

        /** Whether another thread took a buffer while this one held it. */
        private boolean robbed() {
            return robbed || stream().anyMatch(mbuf -> owners[index(mbuf)] != this);
        }

        private int index(long mbuf) {
            return (int) (mbuf - MEMORY.address()) / ELEMENT;
        }
    }
}
