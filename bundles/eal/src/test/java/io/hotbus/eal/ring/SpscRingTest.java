// SPDX-License-Identifier: Apache-2.0
package io.hotbus.eal.ring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SpscRingTest {
    @ParameterizedTest
    @ValueSource(ints = {Integer.MIN_VALUE, -1, 0, 3, 6})
    void shouldRefuseCapacity(int capacity) {
        assertThatIllegalArgumentException().isThrownBy(() -> new SpscRing(capacity));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4, 64})
    void shouldHoldWhatItSaysAndNoMore(int capacity) {
        SpscRing ring = new SpscRing(capacity);
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
    void shouldTouchThePartOfTheArrayThatItWasGiven() {
        SpscRing ring = new SpscRing(8);
        long[] out = {-1, -1, -1, -1, -1};

        assertThat(ring.offer(new long[] {9, 1, 2, 3, 9}, 1, 3)).isEqualTo(3);
        assertThat(ring.poll(out, 2, 2)).isEqualTo(2);

        assertThat(out).containsExactly(-1, -1, 1, 2, -1);
        assertThat(ring.size()).isOne();
    }

    @Test
    void shouldKeepTheOrderRoundTheEndOfItsSlots() {
        SpscRing ring = new SpscRing(8);
        long next = 0;
        long expected = 0;
        for (int round = 0; round < 1000; round++) {
            long[] in = new long[1 + round % 7];
            for (int i = 0; i < in.length; i++) {
                in[i] = next + i;
            }
            next += ring.offer(in, 0, in.length);
            long[] out = new long[1 + round % 5];
            int n = ring.poll(out, 0, out.length);
            for (int i = 0; i < n; i++) {
                assertThat(out[i]).isEqualTo(expected++);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"2, 1", "64, 32", "1024, 32", "64, 100"})
    @Timeout(300)
    void shouldPassEachValueOnceAndInOrder(int capacity, int bulk) throws Exception {
        final long total = 300_000;
        SpscRing ring = new SpscRing(capacity);
        AtomicReference<String> wrong = new AtomicReference<>();
        Thread consumer = new Thread(() -> {
            long[] values = new long[bulk];
            for (long expected = 0; expected < total; ) {
                int n = ring.poll(values, 0, bulk);
                for (int i = 0; i < n; i++) {
                    if (values[i] != expected++) {
                        wrong.set(values[i] + " instead of " + (expected - 1));
                        return;
                    }
                }
                if (n == 0) {
                    Thread.yield();
                }
            }
        });
        consumer.start();
        long[] values = new long[bulk];
        for (long next = 0; next < total && consumer.isAlive(); ) {
            int n = (int) Math.min(bulk, total - next);
            for (int i = 0; i < n; i++) {
                values[i] = next + i;
            }
            int done = ring.offer(values, 0, n);
            next += done;
            if (done == 0) {
                Thread.yield();
            }
        }
        consumer.join();
        assertThat(wrong.get()).isNull();
    }
}
