// SPDX-License-Identifier: Apache-2.0
package io.hotbus.eal.mem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class MbufTest {
    private static final int BUFFERS = 64;

    private final long[] mbufs = new long[BUFFERS];
    private Mempools mempools;
    private Mempool pool;
    private MempoolCaches caches;

    @BeforeEach
    void setUp() throws Exception {
        mempools = new Mempools(new TestDma());
        pool = mempools.create("test", BUFFERS, 128);
        caches = mempools.caches("test", 16);
        pool.get(mbufs, 0, BUFFERS);
    }

    @AfterEach
    void tearDown() {
        caches.close();
        pool.close();
    }

    private long chain(int first, int segments) {
        for (int i = first; i < first + segments; i++) {
            Mbuf.setLength(mbufs[i], 10 + i);
            if (i > first) {
                Mbuf.append(mbufs[first], mbufs[i - 1], mbufs[i]);
            }
        }
        return mbufs[first];
    }

    @Test
    void shouldBeAPacketOfOneSegmentWhenItArrives() {
        Mbuf.setFlags(mbufs[0], MbufFlags.TX_VLAN);
        chain(0, 3);
        Mbuf.received(mbufs[0], 60, 0xffff);
        assertThat(Mbuf.length(mbufs[0])).isEqualTo(60);
        assertThat(Mbuf.segmentLength(mbufs[0])).isEqualTo(60);
        assertThat(Mbuf.port(mbufs[0])).isEqualTo(0xffff);
        assertThat(Mbuf.segments(mbufs[0])).isEqualTo(1);
        assertThat(Mbuf.references(mbufs[0])).isEqualTo(1);
        assertThat(Mbuf.flags(mbufs[0])).isZero();
        assertThat(Mbuf.isPlain(mbufs[0])).isTrue();
        Mbuf.setPort(mbufs[0], 7);
        assertThat(Mbuf.port(mbufs[0])).isEqualTo(7);
        assertThat(Mbuf.length(mbufs[0])).isEqualTo(60);
    }

    @Test
    void shouldChainSegments() {
        long packet = chain(0, 3);
        assertThat(Mbuf.segments(packet)).isEqualTo(3);
        assertThat(Mbuf.length(packet)).isEqualTo(10 + 11 + 12);
        assertThat(Mbuf.segmentLength(packet)).isEqualTo(10);
        assertThat(Mbuf.next(packet)).isEqualTo(mbufs[1]);
        assertThat(Mbuf.next(mbufs[1])).isEqualTo(mbufs[2]);
        assertThat(Mbuf.isPlain(packet)).isFalse();
    }

    @Test
    void shouldGiveBackEachSegment() {
        long[] packets = {chain(0, 3), mbufs[3], chain(4, 2)};
        caches.free(packets, 0, 3);
        assertThat(pool.available()).isEqualTo(6);
        // What is taken again is fresh.
        caches.free(mbufs, 6, BUFFERS - 6);
        caches.flush();
        assertThat(pool.get(mbufs, 0, BUFFERS)).isEqualTo(BUFFERS);
        for (long mbuf : mbufs) {
            assertThat(Mbuf.isPlain(mbuf)).isTrue();
            assertThat(Mbuf.length(mbuf)).isZero();
        }
    }

    @Test
    void shouldGiveABufferBackWithItsLastReference() {
        long[] packets = {chain(0, 2)};
        Mbuf.retain(packets[0], 2);
        assertThat(Mbuf.references(mbufs[1])).isEqualTo(3);
        caches.free(packets, 0, 1);
        mempools.uncached().free(packets, 0, 1);
        assertThat(pool.available()).isZero();
        caches.free(packets, 0, 1);
        assertThat(pool.available()).isEqualTo(2);
        assertThat(Mbuf.references(mbufs[0])).isEqualTo(1);
    }

    @Test
    void shouldNotCountMoreReferencesThanItCan() {
        Mbuf.retain(mbufs[0], Mbuf.MAX_COUNT - 1);
        assertThat(Mbuf.references(mbufs[0])).isEqualTo(Mbuf.MAX_COUNT);
        assertThatIllegalStateException().isThrownBy(() -> Mbuf.retain(mbufs[0], 1))
                .withMessageContaining("255 references and 1 more are too many");
        assertThat(Mbuf.port(mbufs[0])).isZero();
        assertThat(Mbuf.segments(mbufs[0])).isEqualTo(1);
    }

    @Test
    void shouldBeGivenBackOnceByManyThreads() throws Exception {
        int threads = 4;
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        try {
            for (int round = 0; round < 2000; round++) {
                Mbuf.reset(mbufs[0]);
                Mbuf.retain(mbufs[0], threads - 1);
                List<Callable<Boolean>> releases = new ArrayList<>();
                for (int i = 0; i < threads; i++) {
                    releases.add(() -> Mbuf.release(mbufs[0]));
                }
                int last = 0;
                for (Future<Boolean> release : executor.invokeAll(releases)) {
                    last += release.get() ? 1 : 0;
                }
                assertThat(last).isEqualTo(1);
            }
        } finally {
            executor.shutdownNow();
        }
    }

    @Test
    void shouldBeginBeforeTheEndOfTheHeadroomAsTold() {
        Mbuf.received(mbufs[0], 12, 60, 5);
        assertThat(Mbuf.data(mbufs[0])).isEqualTo(mbufs[0] + Mbuf.HEADER + Mbuf.HEADROOM - 12);
        assertThat(Mbuf.length(mbufs[0])).isEqualTo(60);
        assertThat(Mbuf.port(mbufs[0])).isEqualTo(5);
    }

    @Test
    void shouldKeepTheMetadataApart() {
        long mbuf = mbufs[0];
        Mbuf.received(mbuf, 1000, 3);
        Mbuf.setUserData(mbuf, -1L);
        Mbuf.setFlags(mbuf, MbufFlags.RX_RSS_HASH | MbufFlags.TX_TCP_SEG);
        Mbuf.setHash(mbuf, 0xcafebabe);
        Mbuf.setVlanTci(mbuf, 0xffff);
        Mbuf.setTsoSegmentSize(mbuf, 1448);
        Mbuf.setHeaderLengths(mbuf, 18, 40, 32);
        assertThat(Mbuf.userData(mbuf)).isEqualTo(-1);
        assertThat(Mbuf.flags(mbuf)).isEqualTo(MbufFlags.RX_RSS_HASH | MbufFlags.TX_TCP_SEG);
        assertThat(Mbuf.hash(mbuf)).isEqualTo(0xcafebabe);
        assertThat(Mbuf.vlanTci(mbuf)).isEqualTo(0xffff);
        assertThat(Mbuf.tsoSegmentSize(mbuf)).isEqualTo(1448);
        assertThat(Mbuf.l2Length(mbuf)).isEqualTo(18);
        assertThat(Mbuf.l3Length(mbuf)).isEqualTo(40);
        assertThat(Mbuf.l4Length(mbuf)).isEqualTo(32);
        assertThat(Mbuf.length(mbuf)).isEqualTo(1000);
        Mbuf.setLength(mbuf, 0xffffff);
        assertThat(Mbuf.length(mbuf)).isEqualTo(0xffffff);
        assertThat(Mbuf.flags(mbuf)).isEqualTo(MbufFlags.RX_RSS_HASH | MbufFlags.TX_TCP_SEG);
        assertThat(Mbuf.data(mbuf)).isEqualTo(mbuf + Mbuf.HEADER + Mbuf.HEADROOM);
    }

    @Test
    void shouldCountCopiesApartFromEverythingElse() {
        long mbuf = mbufs[0];
        Mbuf.received(mbuf, 0xffffff, 3);
        assertThat(Mbuf.copies(mbuf)).isZero();
        Mbuf.setCopies(mbuf, 127);
        assertThat(Mbuf.flags(mbuf)).isZero();
        Mbuf.setFlags(mbuf, MbufFlags.RX_RSS_HASH);
        Mbuf.setCopies(mbuf, 128);
        assertThat(Mbuf.copies(mbuf)).isEqualTo(127);
        Mbuf.setCopies(mbuf, 2);
        Mbuf.retain(mbuf, 1);
        Mbuf.release(mbuf);
        Mbuf.setLength(mbuf, 60);
        assertThat(Mbuf.copies(mbuf)).isEqualTo(2);
        assertThat(Mbuf.flags(mbuf)).isEqualTo(MbufFlags.RX_RSS_HASH);
        assertThat(Mbuf.length(mbuf)).isEqualTo(60);
        Mbuf.reset(mbuf);
        assertThat(Mbuf.copies(mbuf)).isZero();
    }

    @Test
    void shouldPassItsMetadataOn() {
        long mbuf = mbufs[0];
        Mbuf.setFlags(mbuf, MbufFlags.RX_TIMESTAMP | MbufFlags.RX_CUT | MbufFlags.RX_RSS_HASH);
        Mbuf.setTimestamp(mbuf, Long.MIN_VALUE + 1);
        Mbuf.setOriginalLength(mbuf, 0xffff_ffffL);
        Mbuf.setHash(mbuf, 0xcafebabe);
        Mbuf.setHeaderLengths(mbuf, 14, 20, 8);
        Mbuf.setUserData(mbuf, 5);
        Mbuf.setLength(mbufs[1], 60);

        Mbuf.copyMetadata(mbuf, mbufs[1]);

        assertThat(Mbuf.flags(mbufs[1])).isEqualTo(Mbuf.flags(mbuf));
        assertThat(Mbuf.timestamp(mbufs[1])).isEqualTo(Long.MIN_VALUE + 1);
        assertThat(Mbuf.originalLength(mbufs[1])).isEqualTo(0xffff_ffffL);
        assertThat(Mbuf.hash(mbufs[1])).isEqualTo(0xcafebabe);
        assertThat(Mbuf.l4Length(mbufs[1])).isEqualTo(8);
        assertThat(Mbuf.userData(mbufs[1])).isEqualTo(5);
        assertThat(Mbuf.length(mbufs[1])).isEqualTo(60);
        assertThat(Mbuf.isPlain(mbufs[1])).isTrue();
        Mbuf.reset(mbuf);
        Mbuf.copyMetadata(mbuf, mbufs[2]);
        assertThat(Mbuf.flags(mbufs[2])).isZero();
    }
}
