// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.virtio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.io.RawMemory;
import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.ethdev.EthStats;
import io.hotbus.ethdev.Port;
import io.hotbus.pmd.virtio.VirtioFeature;
import io.hotbus.pmd.virtio.VirtioHeader;
import io.hotbus.testkit.Frames;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

final class VirtioTrafficTest extends VirtioTests {
    static Stream<Arguments> rings() {
        return Stream.of(RingKind.values()).flatMap(kind -> Stream.of(
                Arguments.of(kind, 64, false), Arguments.of(kind, 1024, false),
                Arguments.of(kind, 64, true), Arguments.of(kind, 256, true)));
    }

    @ParameterizedTest
    @MethodSource("rings")
    void shouldLoopFramesBackIntactAndInOrder(RingKind kind, int descriptors, boolean shuffles)
            throws Exception {
        kind.offer(rig.chip);
        Mempool big = rig.pool(8192);
        rig.chip.shuffles = shuffles;
        rig.attach();
        Port port = rig.configure(big, descriptors);
        port.start();

        exchange(port, big, 2000);

        EthStats stats = port.stats();
        assertThat(stats.rxPackets()).isEqualTo(2000);
        assertThat(stats.txPackets()).isEqualTo(2000);
        assertThat(stats.rxBytes()).isEqualTo(stats.txBytes());
        assertThat(stats.rxErrors() + stats.txErrors() + stats.noMbuf()).isZero();
        assertThat(rig.chip.doorbells).isPositive();
        rig.detachAll();
        assertThat(big.available()).isEqualTo(big.capacity());
    }

    /** 65536 chains: the 16-bit indices wrap. */
    @Test
    void shouldGoOnWhenTheIndicesWrap() throws Exception {
        RingKind.SPLIT_EVENTS.offer(rig.chip);
        Port port = rig.start(pool);
        long[] mbufs = new long[BURST];
        for (int passed = 0; passed < 70_000; ) {
            pool.get(mbufs, 0, BURST);
            for (int i = 0; i < BURST; i++) {
                Mbuf.setLength(mbufs[i], 60);
            }
            assertThat(port.txQueue(0).burst(pool.mempools().uncached(), mbufs, BURST))
                    .isEqualTo(BURST);
            int[] got = {0};
            assertThat(Rig.eventually(() -> {
                int n = port.rxQueue(0).burst(pool.mempools().uncached(), mbufs, BURST);
                pool.put(mbufs, 0, n);
                got[0] += n;
                return got[0] == BURST;
            })).isTrue();
            passed += BURST;
        }
        assertThat(port.stats().txErrors() + port.stats().rxErrors()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void shouldTakeNoMoreThanTheRingHolds(RingKind kind) throws Exception {
        kind.offer(rig.chip);
        Port port = rig.start(pool);
        rig.chip.holdTransmit = true;

        assertThat(Frames.send(port, pool, 0, 2 * Rig.RING)).isEqualTo(Rig.RING - 1);
        assertThat(Frames.send(port, pool, 0, 1)).isZero();

        rig.chip.holdTransmit = false;
        Frames.receiveAll(port, 0, pool, 0, Rig.RING - 1);
        assertThat(Frames.send(port, pool, 0, BURST)).isEqualTo(BURST);
    }

    @ParameterizedTest
    @CsvSource({"SPLIT, 300, false", "SPLIT, 300, true", "SPLIT_EVENTS, 700, false",
            "PACKED, 300, true", "PACKED_EVENTS, 300, false", "SPLIT_IN_ORDER, 300, false",
            "PACKED_IN_ORDER, 300, false"})
    void shouldReceiveFramesLargerThanABufferAsChains(
            RingKind kind, int dataRoom, boolean shuffles) throws Exception {
        kind.offer(rig.chip);
        Mempool small = rig.pool(2048, dataRoom);
        rig.chip.shuffles = shuffles;
        Port port = rig.start(small);

        long[] one = new long[1];
        for (int i = 0; i < 200; i++) {
            assertThat(Frames.send(port, pool, i, 1)).isEqualTo(1);
            assertThat(Rig.eventually(() -> port.rxQueue(0).burst(
                    pool.mempools().uncached(), one, 1) == 1)).as("%s", port.stats()).isTrue();
            int room = dataRoom + VirtioHeader.BYTES;
            assertThat(Mbuf.segments(one[0])).isEqualTo(
                    (Frames.length(i) + VirtioHeader.BYTES + room - 1) / room);
            assertThat(Frames.isIntact(one[0], i)).isTrue();
            pool.mempools().uncached().free(one, 0, 1);
        }
        assertThat(port.stats().rxErrors()).isZero();
        rig.detachAll();
        assertThat(small.available()).isEqualTo(small.capacity());
    }

    private static long chain(Mempool pool, int number, int... lengths) {
        long[] whole = new long[1];
        pool.get(whole, 0, 1);
        Frames.write(whole[0], number);
        long[] segments = new long[lengths.length];
        assertThat(pool.get(segments, 0, lengths.length)).isEqualTo(lengths.length);
        int done = 0;
        for (int i = 0; i < lengths.length; i++) {
            Mbuf.reset(segments[i]);
            Mbuf.setLength(segments[i], lengths[i]);
            RawMemory.copy(
                    Mbuf.data(whole[0]) + done, Mbuf.data(segments[i]), lengths[i]);
            done += lengths[i];
            if (i > 0) {
                Mbuf.append(segments[0], segments[i - 1], segments[i]);
            }
        }
        pool.put(whole, 0, 1);
        return segments[0];
    }

    @ParameterizedTest
    @EnumSource
    void shouldSendChainsAndSharedPackets(RingKind kind) throws Exception {
        kind.offer(rig.chip);
        rig.attach();
        Port port = rig.configure(pool, 64);
        port.start();
        // The chains lie across the end of the ring.
        exchange(port, pool, 62);
        int length = Frames.length(1);
        long chain = chain(pool, 1, 20, 30, length - 50);
        long shared = chain(pool, 2, Frames.length(2));
        long both = chain(pool, 3, 20, Frames.length(3) - 20);
        Mbuf.retain(shared, 1);
        Mbuf.retain(both, 2);
        long[] packets = {chain, shared, both, shared, both, both};

        assertThat(port.txQueue(0).burst(pool.mempools().uncached(), packets, 6)).isEqualTo(6);

        long[] one = new long[1];
        for (int number : new int[] {1, 2, 3, 2, 3, 3}) {
            assertThat(Rig.eventually(() -> port.rxQueue(0).burst(
                    pool.mempools().uncached(), one, 1) == 1)).isTrue();
            assertThat(Frames.isIntact(one[0], number)).as("frame %s", number).isTrue();
            pool.mempools().uncached().free(one, 0, 1);
        }
        // All of them come back when the next packets are sent.
        exchange(port, pool, 100);
        assertThat(port.stats().txErrors()).isZero();
    }

    @Test
    void shouldRefuseWhatNoDeviceCanSend() throws Exception {
        Port port = rig.start(pool);
        long[] mbufs = new long[3];
        pool.get(mbufs, 0, 3);
        Mbuf.setLength(mbufs[0], 0);
        Frames.write(mbufs[1], 0);
        Mbuf.setLength(mbufs[2], 9710 + 18 + 1);

        assertThat(port.txQueue(0).burst(pool.mempools().uncached(), mbufs, 3)).isEqualTo(3);

        Frames.receiveAll(port, 0, pool, 0, 1);
        assertThat(port.stats().txPackets()).isEqualTo(1);
        assertThat(port.stats().txErrors()).isEqualTo(2);
    }

    @Test
    void shouldWriteAnEmptyHeader() throws Exception {
        Port port = rig.start(pool);
        exchange(port, pool, 1);

        assertThat(rig.chip.lastHeader).containsOnly(0).hasSize(VirtioHeader.BYTES);
    }

    @Test
    void shouldWorkWithoutMergeableBuffers() throws Exception {
        rig.chip.offered &= ~VirtioFeature.MRG_RXBUF;
        Port port = rig.start(pool);
        exchange(port, pool, 500);
        rig.detachAll();
        rig.attach();

        Mempool small = rig.pool(1024, 300);
        assertThatThrownBy(() -> rig.configure(small, Rig.RING))
                .isInstanceOf(DeviceException.class).hasMessageContaining("1518 are needed");
    }
}
