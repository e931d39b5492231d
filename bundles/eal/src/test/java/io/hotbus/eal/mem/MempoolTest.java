// SPDX-License-Identifier: Apache-2.0
package io.hotbus.eal.mem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class MempoolTest {
    private static final int SMALL_PAGE = 4096;
    private static final int LARGE_PAGE = 2 << 20;

    @ParameterizedTest
    @CsvSource({
            "4096, 1, 64", "4096, 1000, 64", "4096, 1000, 2048", "4096, 777, 3904",
            "4096, 77, 9000",
            "65536, 1000, 2048", "65536, 100, 9000", "65536, 100, 65536",
            "2097152, 1, 2048", "2097152, 5000, 2048", "2097152, 1000, 9000",
            "2097152, 5000, 65536"})
    void shouldCarveSeparateBuffersWithinPages(int pageSize, int capacity, int dataRoom)
            throws Exception {
        try (Mempool pool = new Mempools(new TestDma(pageSize))
                .create("test", capacity, dataRoom)) {
            long[] mbufs = new long[capacity];
            assertThat(pool.get(mbufs, 0, capacity)).isEqualTo(capacity);
            Arrays.sort(mbufs);

            DmaMemory memory = pool.memory();
            int used = Mbuf.HEADER + Mbuf.HEADROOM + dataRoom;
            long end = memory.address();
            for (long mbuf : mbufs) {
                assertThat(mbuf % 64).isZero();
                assertThat(mbuf).isGreaterThanOrEqualTo(end);
                end = mbuf + used;
                if (used <= pageSize) {
                    assertThat((end - 1) / pageSize).isEqualTo(mbuf / pageSize);
                    assertThat(Mbuf.dataIova(mbuf)).isEqualTo(memory.iova(Mbuf.data(mbuf)))
                            .isEqualTo(Mbuf.receiveIova(mbuf));
                }
            }
            assertThat(end).isLessThanOrEqualTo(memory.address() + memory.length());
        }
    }

    @Test
    void shouldAskForMemoryOfItsNumaNode() throws Exception {
        TestDma dma = new TestDma(SMALL_PAGE);
        try (Mempool far = new Mempools(dma).create("far", 64, 128, 1)) {
            assertThat(dma.node()).isEqualTo(1);
        }
        try (Mempool any = new Mempools(dma).create("any", 64, 128)) {
            assertThat(dma.node()).isEqualTo(DmaAllocator.ANY_NODE);
        }
    }

    @Test
    void shouldSpreadHeadersOverTheCache() throws Exception {
        try (Mempool pool = new Mempools(new TestDma(SMALL_PAGE))
                .create("test", 512, Mempool.DEFAULT_DATA_ROOM)) {
            long[] mbufs = new long[512];
            pool.get(mbufs, 0, 512);

            assertThat(Arrays.stream(mbufs).map(mbuf -> mbuf % SMALL_PAGE).distinct().count())
                    .isGreaterThan(16);
        }
    }

    @Test
    void shouldGiveEmptyPackets() throws Exception {
        try (Mempool pool = new Mempools(new TestDma(SMALL_PAGE)).create("test", 1, 128)) {
            long[] mbufs = new long[1];
            pool.get(mbufs, 0, 1);
            long fresh = Mbuf.data(mbufs[0]);
            Mbuf.received(mbufs[0], 60, 3);
            assertThat(Mbuf.length(mbufs[0])).isEqualTo(60);
            assertThat(Mbuf.port(mbufs[0])).isEqualTo(3);
            pool.put(mbufs, 0, 1);
            pool.get(mbufs, 0, 1);

            assertThat(Mbuf.length(mbufs[0])).isZero();
            assertThat(Mbuf.data(mbufs[0])).isEqualTo(fresh)
                    .isEqualTo(mbufs[0] + Mbuf.HEADER + Mbuf.HEADROOM);
        }
    }

    @Test
    void shouldGiveWhatThereIs() throws Exception {
        try (Mempool pool = new Mempools(new TestDma(SMALL_PAGE)).create("test", 10, 128)) {
            long[] mbufs = new long[20];

            assertThat(pool.available()).isEqualTo(10).isEqualTo(pool.capacity());
            assertThat(pool.get(mbufs, 2, 7)).isEqualTo(7);
            assertThat(mbufs[1]).isZero();
            assertThat(mbufs[9]).isZero();
            assertThat(pool.get(mbufs, 9, 11)).isEqualTo(3);
            assertThat(pool.get(mbufs, 0, 1)).isZero();
            pool.put(mbufs, 2, 10);
            assertThat(pool.available()).isEqualTo(10);
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 2048", "-1, 2048", "134217729, 2048", "10, 63", "10, 65537", "10, -1"})
    void shouldRefuseSizes(int capacity, int dataRoom) {
        TestDma dma = new TestDma(SMALL_PAGE);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Mempools(dma).create("test", capacity, dataRoom));
        assertThat(dma.open()).isZero();
    }

    @Test
    void shouldRefuseWhatTheJavaHeapCannotHold() {
        // The ring of the largest pool there can be takes 8 GiB.
        assumeTrue(Runtime.getRuntime().maxMemory() < 8L << 30, "a large heap");
        TestDma dma = new TestDma(SMALL_PAGE);

        assertThatThrownBy(() -> new Mempools(dma).create("test", 1 << 27, 64))
                .isInstanceOf(IOException.class)
                .hasMessageMatching("mempool test: 8193 MiB of Java heap are needed, "
                        + "\\d+ MiB are left of \\d+ \\(-Xmx\\)");
        assertThat(dma.open()).isZero();
    }

    @Test
    void shouldTurnWhatTheHeapThrowsIntoASentence() {
        assertThatThrownBy(() -> JavaHeap.make("ring", 1, () -> {
            throw new OutOfMemoryError("no such piece");
        })).isInstanceOf(IOException.class).hasMessageStartingWith("ring: 1 MiB of Java heap");
    }

    @Test
    void shouldPromiseNoMoreThanThereIs() throws Exception {
        try (Mempool pool = new Mempools(new TestDma(SMALL_PAGE)).create("test", 100, 64)) {
            assertThat(pool.reserve(60)).isTrue();
            assertThat(pool.reserve(41)).isFalse();
            assertThat(pool.reserved()).isEqualTo(60);
            assertThat(pool.reserve(40)).isTrue();

            pool.unreserve(60);

            assertThat(pool.reserve(60)).isTrue();
            assertThat(pool.available()).isEqualTo(100);
        }
    }

    @Test
    void shouldFreeItsMemoryOnce() throws Exception {
        TestDma dma = new TestDma(SMALL_PAGE);
        Mempool pool = new Mempools(dma).create("test", 10, 128);
        pool.close();
        pool.close();

        assertThat(dma.open()).isZero();
    }

    /** Threads mark their buffers: a buffer that two threads held would have a foreign mark. */
    @Test
    @Timeout(300)
    void shouldGiveABufferToOneThreadAtATime() throws Exception {
        int threadCount = 4;
        ExecutorService threads = Executors.newFixedThreadPool(threadCount);
        try (Mempool pool = new Mempools(new TestDma(LARGE_PAGE)).create("test", 100, 64)) {
            List<Callable<Void>> users = new ArrayList<>();
            for (int t = 0; t < threadCount; t++) {
                long mark = t + 1;
                users.add(() -> {
                    use(pool, mark);
                    return null;
                });
            }
            for (Future<Void> user : threads.invokeAll(users)) {
                user.get();
            }

            assertThat(pool.available()).isEqualTo(100);
            long[] mbufs = new long[100];
            pool.get(mbufs, 0, 100);
            assertThat(Arrays.stream(mbufs).distinct()).hasSize(100);
        } finally {
            threads.shutdownNow();
        }
    }

    private static void use(Mempool pool, long mark) {
        SplittableRandom random = new SplittableRandom(mark);
        long[] held = new long[40];
        int n = 0;
        for (int round = 0; round < 50_000; round++) {
            int taken = pool.get(held, n, random.nextInt(held.length - n + 1));
            for (int i = n; i < n + taken; i++) {
                Mbuf.setUserData(held[i], mark << 32 | i);
            }
            n += taken;
            int kept = random.nextInt(n + 1);
            for (int i = 0; i < n; i++) {
                if (Mbuf.userData(held[i]) != (mark << 32 | i)) {
                    throw new AssertionError("buffer " + i + " was somebody else's, too");
                }
            }
            pool.put(held, kept, n - kept);
            n = kept;
        }
        pool.put(held, 0, n);
    }
}
