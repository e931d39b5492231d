// SPDX-License-Identifier: Apache-2.0
package io.hotbus.eal.ring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class MpmcRingTest {
    private static final int PRODUCER_SHIFT = 32;

    @ParameterizedTest
    @ValueSource(ints = {Integer.MIN_VALUE, -1, 0, 1, 3, 6, 1 << 30})
    void shouldRefuseCapacity(int capacity) {
        assertThatIllegalArgumentException().isThrownBy(() -> new MpmcRing(capacity));
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 4, 64})
    void shouldHoldWhatItSaysAndNoMore(int capacity) {
        MpmcRing ring = new MpmcRing(capacity);
        long[] values = new long[capacity + 5];

        assertThat(ring.capacity()).isEqualTo(capacity);
        assertThat(ring.poll(values, 0, values.length)).isZero();
        for (int round = 0; round < 5; round++) {
            assertThat(ring.offer(values, 0, values.length)).isEqualTo(capacity);
            assertThat(ring.size()).isEqualTo(capacity);
            assertThat(ring.offer(values, 0, 1)).isZero();
            assertThat(ring.poll(values, 0, values.length)).isEqualTo(capacity);
            assertThat(ring.size()).isZero();
            assertThat(ring.poll(values, 0, 1)).isZero();
        }
    }

    @Test
    void shouldTouchThePartOfTheArrayItWasGiven() {
        MpmcRing ring = new MpmcRing(8);
        long[] out = {-1, -1, -1, -1, -1};

        assertThat(ring.offer(new long[] {9, 1, 2, 3, 9}, 1, 3)).isEqualTo(3);
        assertThat(ring.poll(out, 2, 2)).isEqualTo(2);

        assertThat(out).containsExactly(-1, -1, 1, 2, -1);
        assertThat(ring.size()).isOne();
    }

    @Test
    void shouldKeepOrderWhileItWrapsAround() {
        MpmcRing ring = new MpmcRing(8);
        long[] in = new long[8];
        long[] out = new long[8];
        long sent = 0;
        long received = 0;
        for (int round = 0; round < 1000; round++) {
            int count = 1 + round % 8;
            for (int i = 0; i < count; i++) {
                in[i] = sent + i;
            }
            sent += ring.offer(in, 0, count);
            int n = ring.poll(out, 0, 1 + round % 5);
            for (int i = 0; i < n; i++) {
                assertThat(out[i]).isEqualTo(received++);
            }
        }
        assertThat(ring.size()).isEqualTo(sent - received);
    }

    /** Nothing is lost, nothing comes twice, and what one producer puts in stays in order. */
    @ParameterizedTest
    @CsvSource({"1, 1, 64", "3, 3, 64", "4, 1, 8", "1, 4, 8", "2, 2, 2"})
    @Timeout(300)
    void shouldCarryEveryValueOnceUnderContention(int producers, int consumers, int capacity)
            throws Exception {
        int perProducer = 100_000;
        MpmcRing ring = new MpmcRing(capacity);
        AtomicInteger left = new AtomicInteger(producers * perProducer);
        CyclicBarrier start = new CyclicBarrier(producers + consumers);
        ExecutorService threads = Executors.newFixedThreadPool(producers + consumers);
        try {
            List<Future<?>> sending = new ArrayList<>();
            for (int p = 0; p < producers; p++) {
                long producer = p;
                sending.add(threads.submit(() -> {
                    start.await();
                    produce(ring, producer, perProducer);
                    return null;
                }));
            }
            List<Callable<BitSet[]>> receiving = new ArrayList<>();
            for (int c = 0; c < consumers; c++) {
                receiving.add(() -> {
                    start.await();
                    return consume(ring, left, producers);
                });
            }
            List<Future<BitSet[]>> received = threads.invokeAll(receiving);
            for (Future<?> sender : sending) {
                sender.get();
            }
            for (int p = 0; p < producers; p++) {
                BitSet all = new BitSet(perProducer);
                for (Future<BitSet[]> consumer : received) {
                    assertThat(all.intersects(consumer.get()[p])).as("came twice").isFalse();
                    all.or(consumer.get()[p]);
                }
                assertThat(all.cardinality()).isEqualTo(perProducer);
            }
            assertThat(ring.size()).isZero();
        } finally {
            threads.shutdownNow();
        }
    }

    private static void produce(MpmcRing ring, long producer, int count) {
        long[] burst = new long[16];
        int sent = 0;
        while (sent < count && !Thread.currentThread().isInterrupted()) {
            int n = Math.min(1 + sent % burst.length, count - sent);
            for (int i = 0; i < n; i++) {
                burst[i] = producer << PRODUCER_SHIFT | sent + i;
            }
            int accepted = ring.offer(burst, 0, n);
            sent += accepted;
            if (accepted == 0) {
                Thread.yield();
            }
        }
    }

    /** What this consumer got of each producer. */
    private static BitSet[] consume(MpmcRing ring, AtomicInteger left, int producers) {
        BitSet[] seen = new BitSet[producers];
        int[] last = new int[producers];
        for (int p = 0; p < producers; p++) {
            seen[p] = new BitSet();
            last[p] = -1;
        }
        long[] burst = new long[13];
        while (left.get() > 0 && !Thread.currentThread().isInterrupted()) {
            int n = ring.poll(burst, 0, burst.length);
            for (int i = 0; i < n; i++) {
                int producer = (int) (burst[i] >>> PRODUCER_SHIFT);
                int sequence = (int) burst[i];
                if (sequence <= last[producer]) {
                    throw new AssertionError(sequence + " came after " + last[producer]);
                }
                last[producer] = sequence;
                seen[producer].set(sequence);
            }
            left.addAndGet(-n);
            if (n == 0) {
                Thread.yield();
            }
        }
        return seen;
    }
}
