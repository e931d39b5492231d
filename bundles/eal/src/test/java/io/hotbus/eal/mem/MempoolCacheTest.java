// SPDX-License-Identifier: Apache-2.0
package io.hotbus.eal.mem;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class MempoolCacheTest {
    private static final int CAPACITY = 500;

    private final Mempool pool;
    private final MempoolCache cache;
    private final long[] mbufs = new long[CAPACITY];

    MempoolCacheTest() throws Exception {
        pool = new Mempool("test", CAPACITY, 64, new TestDma(4096));
        cache = new MempoolCache(pool, 64);
    }

    @AfterEach
    void close() {
        pool.close();
    }

    @Test
    void shouldAskThePoolForHalfACacheAtATime() {
        assertThat(cache.get(mbufs, 0, 8)).isEqualTo(8);
        assertThat(pool.available()).isEqualTo(CAPACITY - 32);
        assertThat(cache.get(mbufs, 8, 24)).isEqualTo(24);
        assertThat(pool.available()).isEqualTo(CAPACITY - 32);
    }

    @Test
    void shouldKeepWhatIsPutWhileItHasRoom() {
        cache.get(mbufs, 0, 32);
        cache.put(mbufs, 0, 32);
        assertThat(pool.available()).isEqualTo(CAPACITY - 32);

        cache.flush();
        assertThat(pool.available()).isEqualTo(CAPACITY);
    }

    @Test
    void shouldGiveAtMostItsCapacity() {
        assertThat(cache.get(mbufs, 0, 200)).isEqualTo(64);
        assertThat(pool.available()).isEqualTo(CAPACITY - 64);
    }

    @Test
    void shouldPassLargePutsOnToThePool() {
        pool.get(mbufs, 0, CAPACITY);
        cache.put(mbufs, 0, CAPACITY);

        assertThat(pool.available()).isEqualTo(CAPACITY);
    }

    @Test
    void shouldGiveWhatThereIsOfAnEmptyPool() {
        pool.get(mbufs, 0, CAPACITY - 5);
        long[] last = new long[8];

        assertThat(cache.get(last, 0, 8)).isEqualTo(5);
        assertThat(cache.get(last, 0, 8)).isZero();
    }

    @Test
    void shouldWaitAMomentForWhatAnotherThreadIsGivingBack() throws Exception {
        pool.get(mbufs, 0, CAPACITY);
        Thread other = new Thread(() -> {
            pool.put(mbufs, 0, 8);
            LockSupport.parkNanos(1_000_000);
            pool.put(mbufs, 8, 8);
        });
        other.start();

        assertThat(cache.getPatiently(new long[16], 0, 16)).isEqualTo(16);
        other.join();
        assertThat(cache.getPatiently(new long[8], 0, 8)).isZero();
    }

    @Test
    void shouldNeitherLoseNorRepeatABuffer() {
        SplittableRandom random = new SplittableRandom(42);
        Deque<Long> held = new ArrayDeque<>();
        Set<Long> distinct = new HashSet<>();
        for (int round = 0; round < 20_000; round++) {
            int taken = cache.get(mbufs, 0, random.nextInt(80));
            for (int i = 0; i < taken; i++) {
                assertThat(distinct.add(mbufs[i])).as("held already").isTrue();
                held.add(mbufs[i]);
            }
            int back = random.nextInt(held.size() + 1);
            for (int i = 0; i < back; i++) {
                mbufs[i] = held.remove();
                distinct.remove(mbufs[i]);
            }
            cache.put(mbufs, 0, back);
        }
        int n = 0;
        while (!held.isEmpty()) {
            mbufs[n++] = held.remove();
        }
        cache.put(mbufs, 0, n);
        cache.flush();

        assertThat(pool.available()).isEqualTo(CAPACITY);
    }
}
