// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.null_;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.io.RawMemory;
import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.eal.mem.Mempools;
import io.hotbus.ethdev.EthStats;
import io.hotbus.ethdev.RxQueue;
import io.hotbus.ethdev.TxQueue;
import io.hotbus.testkit.TestDma;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class NullDevTest {
    private static final int CAPACITY = 2000;
    private static final int DATA_ROOM = 256;
    private static final byte OLD = 0x55;

    private final Mempool pool;
    private final long[] mbufs = new long[CAPACITY];

    NullDevTest() throws Exception {
        pool = new Mempools(new TestDma()).create("test", CAPACITY, DATA_ROOM);
    }

    @AfterEach
    void closePool() {
        pool.close();
    }

    private static NullDev dev(int size, boolean copy, boolean noRx) {
        NullDev dev = new NullDev("net_null1", new NullArgs(size, copy, noRx));
        dev.portAssigned(7);
        return dev;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 32, 256, 300})
    void shouldReceiveAsMuchAsIsAskedFor(int count) throws Exception {
        NullDev dev = dev(60, false, false);
        RxQueue rx = dev.setupRxQueue(0, 512, pool);

        assertThat(rx.burst(pool.mempools().uncached(), mbufs, count)).isEqualTo(count);

        assertThat(Arrays.stream(mbufs, 0, count).distinct().count()).isEqualTo(count);
        for (int i = 0; i < count; i++) {
            assertThat(Mbuf.length(mbufs[i])).isEqualTo(60);
            assertThat(Mbuf.port(mbufs[i])).isEqualTo(7);
            assertThat(Mbuf.data(mbufs[i])).isEqualTo(mbufs[i] + Mbuf.HEADER + Mbuf.HEADROOM);
        }
        assertThat(dev.stats().rxPackets()).isEqualTo(count);
        assertThat(dev.stats().rxBytes()).isEqualTo(60L * count);
        assertThat(dev.stats().noMbuf()).isZero();
    }

    @Test
    void shouldKeepNoBuffer() throws Exception {
        NullDev dev = dev(64, false, false);
        RxQueue rx = dev.setupRxQueue(0, 512, pool);
        TxQueue tx = dev.setupTxQueue(0, 512, pool);
        dev.start();
        for (int i = 0; i < 1000; i++) {
            int n = rx.burst(pool.mempools().uncached(), mbufs, 32);
            assertThat(n).isEqualTo(32);
            assertThat(tx.burst(pool.mempools().uncached(), mbufs, n)).isEqualTo(n);
        }

        assertThat(pool.available()).isEqualTo(CAPACITY);
        assertThat(pool.get(mbufs, 0, CAPACITY)).isEqualTo(CAPACITY);
        assertThat(Arrays.stream(mbufs).distinct().count()).isEqualTo(CAPACITY);
        assertThat(dev.stats())
                .isEqualTo(new EthStats(32_000, 2_048_000, 0, 0, 0, 32_000, 2_048_000, 0));
    }

    @Test
    void shouldCountAcrossSetUps() throws Exception {
        NullDev dev = dev(64, false, false);
        forwardOnce(dev);
        forwardOnce(dev);
        dev.close();
        dev.close();

        assertThat(dev.stats().rxPackets()).isEqualTo(64);
        assertThat(dev.stats().txPackets()).isEqualTo(64);
    }

    private void forwardOnce(NullDev dev) throws DeviceException {
        RxQueue rx = dev.setupRxQueue(0, 512, pool);
        TxQueue tx = dev.setupTxQueue(0, 512, pool);
        int received = rx.burst(pool.mempools().uncached(), mbufs, 32);
        assertThat(tx.burst(pool.mempools().uncached(), mbufs, received)).isEqualTo(32);
    }

    @Test
    void shouldCountWhenThePoolIsEmpty() throws Exception {
        NullDev dev = dev(64, false, false);
        RxQueue rx = dev.setupRxQueue(0, 512, pool);
        pool.get(mbufs, 0, CAPACITY - 5);
        long[] burst = new long[32];

        assertThat(rx.burst(pool.mempools().uncached(), burst, 32)).isEqualTo(5);
        assertThat(rx.burst(pool.mempools().uncached(), burst, 32)).isZero();
        assertThat(dev.stats().rxPackets()).isEqualTo(5);
        assertThat(dev.stats().noMbuf()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldTouchDataOnlyWhenToldToCopy(boolean copy) throws Exception {
        pool.get(mbufs, 0, CAPACITY);
        for (long mbuf : mbufs) {
            RawMemory.fill(Mbuf.data(mbuf), DATA_ROOM, OLD);
        }
        pool.put(mbufs, 0, CAPACITY);
        NullDev dev = dev(100, copy, false);
        RxQueue rx = dev.setupRxQueue(0, 512, pool);
        TxQueue tx = dev.setupTxQueue(0, 512, pool);

        assertThat(rx.burst(pool.mempools().uncached(), mbufs, 32)).isEqualTo(32);

        for (int i = 0; i < 32; i++) {
            long data = Mbuf.data(mbufs[i]);
            assertThat(RawMemory.getByte(data)).isEqualTo(copy ? 0 : OLD);
            assertThat(RawMemory.getByte(data + 99)).isEqualTo(copy ? 0 : OLD);
            assertThat(RawMemory.getByte(data + 100)).isEqualTo(OLD);
        }
        assertThat(tx.burst(pool.mempools().uncached(), mbufs, 32)).isEqualTo(32);
    }

    @Test
    void shouldReceiveNothingWhenToldSo() throws Exception {
        NullDev dev = dev(64, false, true);
        RxQueue rx = dev.setupRxQueue(0, 512, pool);

        assertThat(rx.burst(pool.mempools().uncached(), mbufs, 32)).isZero();
        assertThat(dev.stats()).isEqualTo(EthStats.ZERO);
    }

    @Test
    void shouldRefusePacketsThatFitInNoBuffer() throws Exception {
        dev(DATA_ROOM, true, false).setupRxQueue(0, 512, pool);

        assertThatExceptionOfType(DeviceException.class)
                .isThrownBy(() -> dev(DATA_ROOM + 1, false, false).setupRxQueue(0, 512, pool))
                .withMessage("net_null1: size=257 does not fit in the 256 bytes of a buffer"
                        + " of pool test");
    }

    @Test
    void shouldShowCountersOfQueuesInUse() throws Exception {
        NullDev dev = dev(64, false, false);
        forwardOnce(dev);

        assertThat(dev.xstats()).containsExactly(Map.entry("rx_q0_packets", 32L),
                Map.entry("rx_q0_bytes", 2048L), Map.entry("rx_q0_errors", 0L),
                Map.entry("tx_q0_packets", 32L), Map.entry("tx_q0_bytes", 2048L),
                Map.entry("tx_q0_errors", 0L));
        dev.resetStats();
        assertThat(dev.stats()).isEqualTo(EthStats.ZERO);
    }

    @Test
    void shouldHaveALinkWhileStarted() throws DeviceException {
        NullDev dev = dev(64, false, false);
        assertThat(dev.link().up()).isFalse();
        dev.start();
        assertThat(dev.link().up()).isTrue();
        dev.stop();
        assertThat(dev.link().up()).isFalse();
    }

    @Test
    void shouldHaveItsOwnAddress() {
        assertThat(dev(64, false, false).info().macAddress()).hasToString("02:00:00:4E:00:01");
        assertThat(new NullDev("net_null258", new NullArgs(64, false, false)).info().macAddress())
                .hasToString("02:00:00:4E:01:02");
    }
}
