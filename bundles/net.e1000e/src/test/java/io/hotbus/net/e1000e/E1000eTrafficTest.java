// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.e1000e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.ethdev.EthStats;
import io.hotbus.ethdev.Port;
import io.hotbus.pmd.intel.GigabitRegs;
import io.hotbus.testkit.Frames;
import io.hotbus.testkit.TestDma;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class E1000eTrafficTest extends E1000eTests {
    /** Receives the frames [from, to) of those that are under way, and checks each. */
    private static void receive(Port port, Mempool pool, long from, long to) {
        Frames.receiveAll(port, 0, pool, from, to);
    }

    @ParameterizedTest
    @ValueSource(ints = {64, 256, 4096})
    void shouldLoopFramesBackIntactAndInOrder(int descriptors) throws Exception {
        Mempool big = rig.pool(16384);
        rig.attach();
        Port port = rig.configure(big, descriptors);
        port.start();

        exchange(port, big, 6000);

        EthStats stats = port.stats();
        assertThat(stats.rxPackets()).isEqualTo(6000);
        assertThat(stats.txPackets()).isEqualTo(6000);
        assertThat(stats.rxBytes()).isEqualTo(stats.txBytes());
        assertThat(stats.rxErrors() + stats.txErrors() + stats.noMbuf()).isZero();
        assertThat(port.xstats()).containsEntry("rx_q0_packets", 6000L)
                .containsEntry("rx_q0_errors", 0L).containsKey("rx_crc_errors");
        rig.detachAll();
        assertThat(big.available()).isEqualTo(big.capacity());
    }

    @Test
    void shouldTakeNoMoreThanTheRingHolds() throws Exception {
        Port port = rig.start(pool);
        rig.chip.holdTransmit = true;

        assertThat(Frames.send(port, pool, 0, 2 * Rig.RING)).isEqualTo(Rig.RING - 1);
        assertThat(Frames.send(port, pool, 0, 1)).isZero();

        rig.chip.holdTransmit = false;
        receive(port, pool, 0, Rig.RING - 1);
        assertThat(Frames.send(port, pool, 0, BURST)).isEqualTo(BURST);
    }

    @Test
    void shouldCountDamagedFrames() throws Exception {
        Port port = rig.start(pool);
        rig.chip.damageNext = 3;

        Frames.send(port, pool, 0, 5);

        receive(port, pool, 3, 5);
        assertThat(port.stats().rxErrors()).isEqualTo(3);
        assertThat(port.stats().rxPackets()).isEqualTo(2);
    }

    /** The chip is told of 256 bytes, so it needs several buffers for most frames. */
    @Test
    void shouldReceiveFramesLargerThanABufferAsChains() throws Exception {
        Mempool small = rig.pool(2048, 300);
        Port port = rig.start(small);
        Frames.send(port, pool, 0, 200);

        for (int i = 0; i < 200; i++) {
            long[] one = new long[1];
            assertThat(Rig.eventually(() -> port.rxQueue(0).burst(
                    pool.mempools().uncached(), one, 1) == 1)).as("%s", port.stats()).isTrue();
            assertThat(Mbuf.segments(one[0])).isEqualTo((Frames.length(i) + 255) / 256);
            assertThat(Frames.isIntact(one[0], i)).isTrue();
            pool.mempools().uncached().free(one, 0, 1);
        }
        assertThat(port.stats().rxErrors()).isZero();
        rig.detachAll();
        assertThat(small.available()).isEqualTo(small.capacity());
    }

    @Test
    void shouldDropDamagedChainsAndSendThem() throws Exception {
        Mempool small = rig.pool(2048, 300);
        Port port = rig.start(small);
        rig.chip.damageNext = 1;
        long[] frames = {chain(small, 300, 300, 300, 100), chain(small, 300, 0, 1),
                chain(small, 300, 300)};

        assertThat(port.txQueue(0).burst(pool.mempools().uncached(), frames, 3)).isEqualTo(3);

        long[] one = new long[1];
        assertThat(Rig.eventually(() -> port.rxQueue(0).burst(
                pool.mempools().uncached(), one, 1) == 1)).isTrue();
        assertThat(Mbuf.length(one[0])).isEqualTo(600);
        pool.mempools().uncached().free(one, 0, 1);
        assertThat(port.stats().rxErrors()).isEqualTo(1);
        // A segment without a byte would stop the chip.
        assertThat(port.stats().txErrors()).isEqualTo(1);
        assertThat(port.stats().txPackets()).isEqualTo(2);
        rig.detachAll();
        assertThat(small.available()).isEqualTo(small.capacity());
    }

    private static long chain(Mempool pool, int... lengths) {
        long[] segments = new long[lengths.length];
        assertThat(pool.get(segments, 0, lengths.length)).isEqualTo(lengths.length);
        for (int i = 0; i < lengths.length; i++) {
            Mbuf.setLength(segments[i], lengths[i]);
            if (i > 0) {
                Mbuf.append(segments[0], segments[i - 1], segments[i]);
            }
        }
        return segments[0];
    }

    @Test
    void shouldReceiveLongFramesWhereTheMtuAllows() throws Exception {
        rig.attach();
        Port port = rig.configure(pool, Rig.RING);
        port.start();
        assertThat(rig.chip.get(GigabitRegs.RCTL) & GigabitRegs.RCTL_LPE).isZero();
        port.stop();
        port.setMtu(9000);
        port.start();
        assertThat(rig.chip.get(GigabitRegs.RCTL) & GigabitRegs.RCTL_LPE).isNotZero();
        assertThat(rig.chip.get(E1000eRegs.PBA)).isEqualTo(E1000eRegs.PBA_RX_20K);
        exchange(port, pool, 100);
    }

    @Test
    void shouldGoOnWhenThePoolHasBuffersAgain() throws Exception {
        Mempool scarce = rig.pool(1024);
        long[] hoarded = new long[1024 - Rig.RING - 64];
        scarce.get(hoarded, 0, hoarded.length);
        Port port = rig.start(scarce);
        // Other users find no buffer in the pool; they only have the buffers they hold already.
        long[] rest = new long[Rig.RING + 64];
        int[] left = {scarce.get(rest, 0, rest.length)};
        long[] kept = new long[Rig.RING + 64];
        int[] n = {0};
        int[] sent = {0};
        // Nothing that is received goes back until there is nothing left to receive into.
        assertThat(Rig.eventually(() -> {
            if (left[0] > 0) {
                scarce.put(rest, --left[0], 1);
                sent[0] += Frames.send(port, scarce, sent[0], 1);
                // Those that were sent came back: the receive queue finds none of them.
                left[0] += scarce.get(rest, left[0], rest.length - left[0]);
            }
            long[] one = new long[1];
            if (port.rxQueue(0).burst(pool.mempools().uncached(), one, 1) == 1) {
                kept[n[0]++] = one[0];
            }
            return port.stats().noMbuf() > 0;
        })).isTrue();
        for (int i = 0; i < n[0]; i++) {
            assertThat(Frames.isIntact(kept[i], i)).isTrue();
        }
        scarce.put(kept, 0, n[0]);
        scarce.put(rest, 0, left[0]);
        scarce.put(hoarded, 0, hoarded.length);

        receive(port, scarce, n[0], sent[0]);
        int first = sent[0];
        sent[0] += Frames.send(port, scarce, first, 1);
        receive(port, scarce, first, sent[0]);
        rig.detachAll();
        assertThat(scarce.available()).isEqualTo(scarce.capacity());
    }

    @Test
    void shouldRefuseFramesThatNoChipCanSend() throws Exception {
        Port port = rig.start(pool);
        long[] mbufs = new long[3];
        pool.get(mbufs, 0, 3);
        Mbuf.setLength(mbufs[0], 0);
        Frames.write(mbufs[1], 0);
        Mbuf.setLength(mbufs[2], E1000eDescriptor.TX_MAX_LENGTH + 1);

        assertThat(port.txQueue(0).burst(pool.mempools().uncached(), mbufs, 3)).isEqualTo(3);

        receive(port, pool, 0, 1);
        assertThat(port.stats().txPackets()).isEqualTo(1);
        assertThat(port.stats().txErrors()).isEqualTo(2);
    }

    @Test
    void shouldKeepAChipThatDoesNotStopFromMemory() throws Exception {
        Port port = rig.start(pool);
        rig.chip.stuckDma = true;
        Frames.send(port, pool, 0, BURST);

        port.stop();
        assertThat(rig.chip.busMaster).isFalse();
        port.close();

        assertThat(pool.available()).isEqualTo(pool.capacity());
    }

    @Test
    void shouldNeedBuffersTheChipCanReceiveInto() throws Exception {
        rig.attach();
        Mempool tiny = rig.pool(1024, 255);

        assertThatThrownBy(() -> rig.configure(tiny, Rig.RING))
                .isInstanceOf(DeviceException.class).hasMessageContaining("256 are the least");
    }

    @Test
    void shouldNeedMemoryThatIsContiguousForTheDevice() throws Exception {
        rig.attach();
        rig.dma.pageSize(TestDma.ORDINARY_PAGE);
        rig.configure(pool, 256);

        assertThatThrownBy(() -> rig.configure(pool, 512)).isInstanceOf(DeviceException.class)
                .hasMessageContaining("reserve hugepages, or configure at most 256 descriptors");
        Mempool straddling = rig.pool(1024, 4096);
        assertThatThrownBy(() -> rig.configure(straddling, 256))
                .isInstanceOf(DeviceException.class)
                .hasMessageContaining("not contiguous in pages of 4096 bytes");
    }
}
