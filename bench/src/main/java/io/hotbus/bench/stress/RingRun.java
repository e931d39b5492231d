// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bench.stress;

import io.hotbus.eal.ring.LongRing;
import java.util.Arrays;

/**
 * One race on a {@link LongRing}: what producers put in and consumers took out. A value is its
 * producer's number times {@value #PRODUCER} plus a count from 0.
 */
final class RingRun {
    private static final int PRODUCER = 100;
    private static final int ACTORS = 2;

    private final LongRing ring;
    /** How many values each producer got in. */
    private final int[] accepted = new int[ACTORS];
    /** What each consumer took. */
    private final long[][] taken = new long[ACTORS][0];

    /**
     * @param ring an empty ring
     * @param start the position that the ring is at; near its capacity, so that it wraps
     */
    RingRun(LongRing ring, int start) {
        this.ring = ring;
        long[] values = new long[start];
        ring.offer(values, 0, start);
        ring.poll(values, 0, start);
    }

    /** Offers {@code count} values in one bulk. */
    void offer(int producer, int count) {
        long[] values = new long[count];
        for (int i = 0; i < count; i++) {
            values[i] = producer * PRODUCER + i;
        }
        accepted[producer] = ring.offer(values, 0, count);
    }

    /** Polls for up to {@code count} values, in two bulks. */
    void poll(int consumer, int count) {
        long[] values = new long[count];
        int n = ring.poll(values, 0, count);
        n += ring.poll(values, n, count - n);
        taken[consumer] = Arrays.copyOf(values, n);
    }

    /** What came of it, once all actors are through; empties the ring. */
    String verdict() {
        long[] rest = new long[ring.capacity()];
        rest = Arrays.copyOf(rest, ring.poll(rest, 0, rest.length));
        long[] all = rest;
        for (long[] mine : taken) {
            if (!inOrder(join(mine, rest))) {
                return "out of order";
            }
            all = join(all, mine);
        }
        int offered = Arrays.stream(accepted).sum();
        if (Arrays.stream(all).distinct().count() < all.length) {
            return "twice";
        }
        return all.length != offered || !allAccepted(all) ? "lost"
                : "in order, %s of %s taken early".formatted(offered - rest.length, offered);
    }

    private boolean allAccepted(long[] values) {
        return Arrays.stream(values)
                .allMatch(value -> value % PRODUCER < accepted[(int) value / PRODUCER]);
    }

    /** Whether the values of each producer are in the order in which it put them in. */
    private static boolean inOrder(long[] values) {
        long[] last = new long[ACTORS];
        Arrays.fill(last, -1);
        for (long value : values) {
            int producer = (int) value / PRODUCER;
            if (value < last[producer]) {
                return false;
            }
            last[producer] = value;
        }
        return true;
    }

    private static long[] join(long[] first, long[] second) {
        long[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }
}
