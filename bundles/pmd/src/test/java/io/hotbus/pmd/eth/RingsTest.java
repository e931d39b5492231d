// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd.eth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.eal.mem.MempoolCaches;
import io.hotbus.eal.mem.Mempools;
import io.hotbus.eal.mem.TestDma;
import io.hotbus.ethdev.QueueCounters;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class RingsTest {
    private static final int DESCRIPTORS = 128;
    private static final int BUFFERS = 256;

    /** A device that has done the first {@code done} of the descriptors it was given. */
    private static final class TestRx extends RxRing {
        final List<Integer> doorbells = new ArrayList<>();
        final long[] armed;
        int done;

        TestRx(QueueSetup setup) {
            super(setup, "test0 receive queue 0");
            armed = new long[setup.descriptors()];
        }

        @Override
        public int burst(MempoolCaches caches, long[] mbufs, int count) {
            int received = 0;
            for (; received < count && done > 0; done--) {
                mbufs[received++] = take();
            }
            refill(caches);
            return received;
        }

        @Override
        protected void arm(int index, int count) {
            for (int i = 0; i < count; i++) {
                armed[(index + i) & mask] = buffers[(index + i) & mask];
            }
        }

        @Override
        protected void ringDoorbell(int tail) {
            doorbells.add(tail);
        }
    }

    /** A device that has reported the first {@code reports} batches that it was given. */
    private static final class TestTx extends TxRing {
        int reports;

        TestTx(QueueSetup setup) {
            super(setup, "test0 transmit queue 0");
        }

        @Override
        public int burst(MempoolCaches caches, long[] mbufs, int count) {
            for (; awaitsReport() && reports > 0; reports--) {
                assertThat(asksForReport(reporting())).isTrue();
                reported(caches);
            }
            int taken = Math.min(count, free());
            int next = next();
            int sent = 0;
            for (int i = 0; i < taken; i++) {
                if (Mbuf.length(mbufs[i]) == 0) {
                    refuse(caches, mbufs[i]);
                } else {
                    hold((next + sent++) & mask, mbufs[i]);
                }
            }
            owned += sent;
            return taken;
        }
    }

    private final QueueCounters counters = new QueueCounters();
    private final long[] mbufs = new long[BUFFERS];
    private Mempool pool;
    private MempoolCaches caches;

    @BeforeEach
    void setUp() throws Exception {
        Mempools mempools = new Mempools(new TestDma());
        pool = mempools.create("test", BUFFERS, 2048);
        caches = mempools.caches("test", 64);
    }

    @AfterEach
    void tearDown() {
        caches.close();
        assertThat(pool.available()).as("buffers that came back").isEqualTo(BUFFERS);
        pool.close();
    }

    private QueueSetup setup() {
        return new QueueSetup(0, DESCRIPTORS, pool, 3, counters);
    }

    @Test
    void shouldFillAllDescriptorsButOneAndGiveThemBack() throws DeviceException {
        TestRx rx = new TestRx(setup());
        assertThat(rx.fill()).isEqualTo(DESCRIPTORS - 1);
        assertThat(rx.armed).containsOnlyOnce(0).doesNotHaveDuplicates();
        assertThat(pool.available()).isEqualTo(BUFFERS - DESCRIPTORS + 1);
        assertThat(rx.doorbells).isEmpty();

        assertThat(rx.fill()).isEqualTo(DESCRIPTORS - 1);
        rx.close();
        rx.close();
        assertThat(pool.available()).isEqualTo(BUFFERS);
    }

    @Test
    void shouldNameWhatThePoolLacksAndKeepNoBuffer() {
        int taken = pool.get(mbufs, 0, BUFFERS - 100);
        TestRx rx = new TestRx(setup());
        assertThatThrownBy(rx::fill).isInstanceOf(DeviceException.class).hasMessage(
                "test0 receive queue 0: mempool test lacks 27 of the 127 buffers it needs");
        assertThat(pool.available()).isEqualTo(100);
        pool.put(mbufs, 0, taken);
    }

    @Test
    void shouldRefillInBatchesAndRingTheDoorbellOnce() throws DeviceException {
        TestRx rx = new TestRx(setup());
        rx.fill();
        rx.done = 31;
        assertThat(rx.burst(caches, mbufs, 32)).isEqualTo(31);
        assertThat(rx.doorbells).isEmpty();
        pool.put(mbufs, 0, 31);

        rx.done = 70;
        assertThat(rx.burst(caches, mbufs, 100)).isEqualTo(70);
        assertThat(rx.doorbells).containsExactly((DESCRIPTORS - 1 + 96) % DESCRIPTORS);
        pool.put(mbufs, 0, 70);
        rx.close();
    }

    @Test
    void shouldCountWhereThereIsNoBufferAndFillAsManyAsThereAre() throws DeviceException {
        TestRx rx = new TestRx(setup());
        rx.fill();
        int taken = pool.get(mbufs, 0, BUFFERS);
        long[] received = new long[DESCRIPTORS];
        pool.put(mbufs, 0, 10);
        rx.done = 64;
        assertThat(rx.burst(caches, received, 64)).isEqualTo(64);
        assertThat(counters.noMbuf()).isEqualTo(1);
        assertThat(rx.doorbells).containsExactly((DESCRIPTORS - 1 + 10) % DESCRIPTORS);
        assertThat(rx.owned).isEqualTo(DESCRIPTORS - 1 - 64 + 10);

        pool.put(received, 0, 64);
        pool.put(mbufs, 10, taken - 10);
        rx.close();
    }

    private int send(TestTx tx, int count, int length) {
        int got = pool.get(mbufs, 0, count);
        for (int i = 0; i < got; i++) {
            Mbuf.setLength(mbufs[i], length);
        }
        int taken = tx.burst(caches, mbufs, got);
        pool.put(mbufs, taken, got - taken);
        return taken;
    }

    @Test
    void shouldTakeWhatFitsAndGiveBackWhatIsReported() {
        TestTx tx = new TestTx(setup());
        assertThat(send(tx, 200, 60)).isEqualTo(DESCRIPTORS - 1);
        assertThat(send(tx, 10, 60)).isZero();

        tx.reports = 2;
        assertThat(send(tx, 100, 60)).isEqualTo(64);
        assertThat(tx.owned).isEqualTo(DESCRIPTORS - 1);
        tx.close();
    }

    @Test
    void shouldGiveBackAndCountWhatCannotBeSent() {
        TestTx tx = new TestTx(setup());
        assertThat(send(tx, 5, 0)).isEqualTo(5);
        assertThat(counters.errors()).isEqualTo(5);
        assertThat(tx.owned).isZero();
    }

    @Test
    void shouldGiveSharedBuffersBackWithTheirLastReference() {
        TestTx tx = new TestTx(setup());
        int got = pool.get(mbufs, 0, 32);
        for (int i = 0; i < got; i++) {
            Mbuf.setLength(mbufs[i], 60);
        }
        Mbuf.retain(mbufs[5], 1);
        assertThat(tx.burst(caches, mbufs, 32)).isEqualTo(32);
        tx.reports = 1;
        long shared = mbufs[5];
        send(tx, 32, 60);
        assertThat(Mbuf.references(shared)).isEqualTo(1);
        assertThat(pool.available()).isEqualTo(BUFFERS - 33);
        // The batch without shared buffers goes back at once, and so does what is left at the end.
        tx.reports = 1;
        send(tx, 1, 60);
        assertThat(pool.available()).isEqualTo(BUFFERS - 2);
        tx.close();
        caches.freeSegment(shared);
    }

    @Test
    void shouldGiveNothingBackForDescriptorsWithoutABuffer() {
        TestTx tx = new TestTx(setup());
        int got = pool.get(mbufs, 0, 62);
        for (int i = 0; i < got; i++) {
            tx.hold(i < 7 ? i : i + 1, mbufs[i]);
        }
        tx.holdNothing(7);
        tx.holdNothing(63);
        tx.owned = 64;

        tx.reported(caches);
        assertThat(tx.owned).isEqualTo(32);
        caches.flush();
        assertThat(pool.available()).isEqualTo(BUFFERS - 31);
        tx.close();
        assertThat(pool.available()).isEqualTo(BUFFERS);
    }

    @Test
    void shouldGiveBackAnyNumberAndPassOverDescriptorsWithoutABuffer() {
        TestTx tx = new TestTx(setup());
        send(tx, 20, 60);
        tx.holdNothing(tx.next());
        tx.owned++;
        send(tx, 10, 60);

        tx.giveBack(caches, 5);
        assertThat(tx.owned).isEqualTo(26);
        tx.giveBack(caches, 20);
        assertThat(tx.owned).isEqualTo(6);
        tx.holdNothing(tx.next());
        tx.owned++;
        tx.close();
        caches.flush();
        assertThat(pool.available()).isEqualTo(BUFFERS);
    }

    /** Puts a packet of that many segments into the ring; returns its handle. */
    private long hold(TestTx tx, int segments) {
        pool.get(mbufs, 0, segments);
        for (int i = 0; i < segments; i++) {
            Mbuf.received(mbufs[i], 60, 3);
            tx.hold((tx.next() + i) & tx.mask, mbufs[i]);
            if (i > 0) {
                Mbuf.append(mbufs[0], mbufs[i - 1], mbufs[i]);
            }
        }
        tx.owned += segments;
        return mbufs[0];
    }

    @Test
    void shouldTakeBackWhatIsNotReportedInOrder() {
        TestTx tx = new TestTx(setup());
        hold(tx, 30);
        long inPart = hold(tx, 4);
        long whole = hold(tx, 3);
        tx.holdNothing(tx.next());
        tx.owned++;
        long last = hold(tx, 1);

        tx.reported(caches);
        long[] back = new long[4];
        assertThat(tx.takeBack(caches, back, 1)).isEqualTo(1);
        assertThat(tx.takeBack(caches, back, 0)).isZero();
        assertThat(back[0]).isEqualTo(whole).isNotEqualTo(inPart);
        caches.free(back, 0, 1);
        assertThat(tx.takeBack(caches, back, 4)).isEqualTo(1);
        assertThat(back[0]).isEqualTo(last);
        caches.free(back, 0, 1);
        assertThat(tx.takeBack(caches, back, 4)).isZero();
        assertThat(tx.owned).isZero();
        tx.close();
    }

    @Test
    void shouldGiveBackAllSegmentsOfAPacketThatSpansBatches() {
        TestTx tx = new TestTx(setup());
        hold(tx, 40);
        hold(tx, 30);
        tx.reported(caches);
        tx.reported(caches);
        caches.flush();
        assertThat(pool.available()).isEqualTo(BUFFERS - 6);
        tx.close();
    }

    @Test
    void shouldJoinBuffersToAPacketAndGiveBackWhatIsNotComplete() throws DeviceException {
        TestRx rx = new TestRx(setup());
        rx.fill();
        assertThat(rx.join(caches, rx.take(), 100, false)).isZero();
        assertThat(rx.begins()).isFalse();
        long[] packet = {rx.join(caches, rx.take(), 28, true)};
        assertThat(Mbuf.length(packet[0])).isEqualTo(128);
        assertThat(Mbuf.segments(packet[0])).isEqualTo(2);
        assertThat(Mbuf.port(packet[0])).isEqualTo(3);
        assertThat(rx.begins()).isTrue();
        caches.free(packet, 0, 1);

        packet[0] = rx.take();
        long data = packet[0] + Mbuf.HEADER + Mbuf.HEADROOM;
        assertThat(rx.join(caches, packet[0], 12, 100, true)).isEqualTo(packet[0]);
        assertThat(Mbuf.data(packet[0])).isEqualTo(data - 12);
        assertThat(Mbuf.length(packet[0])).isEqualTo(100);
        caches.free(packet, 0, 1);

        assertThat(rx.join(caches, rx.take(), 0, false)).isZero();
        assertThat(rx.join(caches, rx.take(), 28, true)).isZero();
        assertThat(counters.errors()).isEqualTo(1);
        assertThat(rx.join(caches, rx.take(), 28, false)).isZero();
        rx.close();
        assertThat(rx.begins()).isTrue();
    }
}
