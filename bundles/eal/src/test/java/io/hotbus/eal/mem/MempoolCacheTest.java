// SPDX-License-Identifier: Apache-2.0
package io.hotbus.eal.mem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hotbus.eal.ring.MpmcRing;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class MempoolCacheTest {
    private static final int CAPACITY = 500;

    private final Mempool pool;
    private final MempoolCaches caches;
    private final MempoolCache cache;
    private final long[] mbufs = new long[CAPACITY];

    MempoolCacheTest() throws Exception {
        pool = new Mempools(new TestDma(4096)).create("test", CAPACITY, 64);
        caches = pool.mempools().caches("test", 64);
        cache = caches.of(pool);
    }

    @AfterEach
    void close() {
        pool.close();
    }

    private int inRing() {
        return pool.available() - cache.size();
    }

    @Test
    void shouldAskThePoolForHalfACacheAtATime() {
        assertThat(cache.get(mbufs, 0, 8)).isEqualTo(8);
        assertThat(inRing()).isEqualTo(CAPACITY - 32);
        assertThat(cache.get(mbufs, 8, 24)).isEqualTo(24);
        assertThat(inRing()).isEqualTo(CAPACITY - 32);
    }

    @Test
    void shouldKeepWhatIsPutWhileItHasRoom() {
        cache.get(mbufs, 0, 32);
        assertThat(pool.available()).isEqualTo(CAPACITY - 32);

        cache.put(mbufs, 0, 32);
        assertThat(inRing()).isEqualTo(CAPACITY - 32);
        assertThat(pool.available()).as("those at hand are free, too").isEqualTo(CAPACITY);

        caches.flush();
        assertThat(inRing()).isEqualTo(CAPACITY);
    }

    @Test
    void shouldGiveTheLatestFirst() {
        cache.get(mbufs, 0, 40);
        cache.put(mbufs, 0, 40);
        cache.put(new long[] {cacheGet()}, 0, 1);
        long[] again = new long[40];

        cache.get(again, 0, 40);

        assertThat(again).containsExactly(Arrays.copyOf(mbufs, 40));
    }

    private long cacheGet() {
        long[] one = new long[1];
        cache.get(one, 0, 1);
        return one[0];
    }

    @Test
    void shouldGiveMoreThanItsCapacity() {
        assertThat(cache.get(mbufs, 0, 200)).isEqualTo(200);
        assertThat(pool.available()).isEqualTo(CAPACITY - 200);
    }

    @Test
    void shouldPassLargePutsOnToThePool() {
        pool.get(mbufs, 0, CAPACITY);
        cache.put(mbufs, 0, CAPACITY);

        assertThat(inRing()).isEqualTo(CAPACITY);
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

        assertThat(pool.getPatiently("a ring", new long[16], 0, 16)).isEqualTo(16);
        other.join();
        assertThat(pool.getPatiently("a ring", new long[8], 0, 8)).isZero();
    }

    @Test
    void shouldGiveEachBufferToThePoolItIsOf() throws Exception {
        try (Mempool second = pool.mempools().create("second", 100, 64)) {
            pool.get(mbufs, 0, 10);
            second.get(mbufs, 10, 10);
            pool.get(mbufs, 20, 10);

            caches.put(mbufs, 0, 30);
            assertThat(pool.available()).isEqualTo(CAPACITY);
            assertThat(second.available()).isEqualTo(100);

            second.get(mbufs, 0, 3);
            pool.get(mbufs, 3, 3);
            pool.put(mbufs, 0, 6);
            assertThat(pool.available()).isEqualTo(CAPACITY);
            assertThat(second.available()).isEqualTo(100);
            caches.flush();
        }
        assertThat(pool.mempools().pools()).containsExactly(pool);
    }

    @Test
    void shouldRefuseABufferOfNoPool() {
        assertThatThrownBy(() -> caches.put(new long[] {0x1000}, 0, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("0x1000 is a buffer of no mempool there is");
        assertThatThrownBy(() -> pool.put(new long[] {-64}, 0, 1))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldFindABufferThatIsGivenBackTwiceInDebugRuns() {
        assertThat(Mempool.DEBUG).as("tests run with assertions").isTrue();
        cache.get(mbufs, 0, 1);
        caches.holder("lcore-1, io");
        cache.put(mbufs, 0, 1);
        caches.holder("lcore-1, macswap");

        assertThatThrownBy(() -> caches.put(mbufs, 0, 1)).isInstanceOf(IllegalStateException.class)
                .hasMessageMatching("mempool test: buffer 0x[0-9a-f]+ is given back twice: "
                        + "by lcore-1, macswap, and before that by lcore-1, io");
        mbufs[0]++;
        assertThatThrownBy(() -> cache.put(mbufs, 0, 1)).isInstanceOf(IllegalStateException.class)
                .hasMessageMatching("mempool test: 0x[0-9a-f]+, which lcore-1, macswap has, "
                        + "is no buffer of it");
    }

    @Test
    void shouldNameHoldersInDebugRuns() {
        cache.get(mbufs, 0, 3);
        caches.hold("port 0 transmit queue 0", mbufs, 0, 2);
        pool.getPatiently("port 0 receive queue 0", mbufs, 3, 5);

        assertThat(pool.holders()).isEqualTo(Map.of("port 0 transmit queue 0", 2, "test", 1,
                "port 0 receive queue 0", 5));
        pool.put(mbufs, 0, 8);
        assertThat(pool.holders()).isEmpty();
    }

    /** Each takes and gives, at once and in other sizes, and gives what the other took. */
    @Test
    void shouldServeSeveralLcoresAtOnce() throws Exception {
        MpmcRing between = new MpmcRing(512);
        List<Thread> lcores = IntStream.range(0, 4).mapToObj(i -> new Thread(() -> {
            SplittableRandom random = new SplittableRandom(i);
            long[] burst = new long[64];
            try (MempoolCaches own = pool.mempools().caches("lcore-" + i, 64)) {
                for (int round = 0; round < 20_000; round++) {
                    int taken = own.of(pool).get(burst, 0, random.nextInt(64));
                    int passed = between.offer(burst, 0, taken);
                    own.put(burst, passed, taken - passed);
                    own.put(burst, 0, between.poll(burst, 0, random.nextInt(64)));
                }
            }
        })).toList();
        lcores.forEach(Thread::start);
        for (Thread lcore : lcores) {
            lcore.join();
        }
        pool.put(mbufs, 0, between.poll(mbufs, 0, CAPACITY));

        assertThat(pool.available()).isEqualTo(CAPACITY);
        pool.get(mbufs, 0, CAPACITY);
        assertThat(Arrays.stream(mbufs).distinct().count()).isEqualTo(CAPACITY);
        pool.put(mbufs, 0, CAPACITY);
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
        caches.flush();

        assertThat(pool.available()).isEqualTo(CAPACITY);
    }
}
