// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.virtio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.hotplug.RemovalCause;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.ethdev.EthStats;
import io.hotbus.ethdev.Link;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.RxQueue;
import io.hotbus.ethdev.TxQueue;
import io.hotbus.testkit.Frames;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(120)
final class VirtioRemovalTest {
    private static final int BURST = 32;
    /** The fastest counts: another process may have the CPU in some of them. */
    private static final int ROUNDS = 3;
    private static final Duration AT_ONCE = Duration.ofMillis(Rig.RESET_LIMIT / 20);

    private Rig rig;
    private Mempool pool;

    @BeforeEach
    void setUp() throws Exception {
        rig = new Rig();
        pool = rig.pool(2048);
    }

    @AfterEach
    void tearDown() throws Exception {
        rig.detachAll();
        assertThat(pool.available()).as("buffers that came back").isEqualTo(pool.capacity());
        assertThat(rig.dma.open()).as("memory in use").isEqualTo(rig.poolCount());
        rig.close();
        assertThat(rig.chip.violations()).isEmpty();
    }

    private TestFunction function() {
        return (TestFunction) rig.port().device();
    }

    /** Neither its memory nor its configuration space answers. */
    private void pullOut(FakeVirtioNet.Vanished as) {
        function().offBus = true;
        rig.chip.vanish(as);
    }

    @ParameterizedTest
    @EnumSource
    void shouldReportItsRemovalOnce(FakeVirtioNet.Vanished as) throws Exception {
        Port port = rig.start(pool);
        assertThat(rig.looked(2)).isTrue();
        assertThat(rig.reports).isEmpty();

        pullOut(as);

        assertThat(Rig.eventually(() -> !rig.reports.isEmpty())).isTrue();
        assertThat(rig.looked(3)).isTrue();
        assertThat(rig.reports).containsExactly(RemovalCause.ALL_ONES);
        assertThat(rig.resets).isEmpty();
        assertThat(port.isRemoved()).isTrue();
        assertThat(port.link()).isEqualTo(Link.DOWN);
    }

    @Test
    void shouldReportThatAnotherIsInItsSlot() throws Exception {
        rig.start(pool);

        function().config.putInt(0, 0x10d38086);
        rig.chip.vanish(FakeVirtioNet.Vanished.ZEROS);

        assertThat(Rig.eventually(() -> !rig.reports.isEmpty())).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void shouldGiveItTimeWhileItsConfigurationSpaceAnswers(FakeVirtioNet.Vanished as)
            throws Exception {
        rig.attach();
        rig.chip.vanish(as);
        assertThat(rig.looked(3)).isTrue();
        assertThat(rig.reports).isEmpty();

        rig.chip.comeBack();

        assertThat(rig.looked(3)).isTrue();
        assertThat(rig.reports).isEmpty();
        function().offBus = true;
        rig.chip.vanish(as);
        assertThat(Rig.eventually(() -> !rig.reports.isEmpty())).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void shouldCloseAtOnceWhenItIsGone(FakeVirtioNet.Vanished as) throws Exception {
        long fastest = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS; round++) {
            Port port = rig.start(pool);
            Frames.send(port, pool, 0, BURST);
            pullOut(as);

            long start = System.nanoTime();
            port.close();
            fastest = Math.min(fastest, System.nanoTime() - start);

            assertThat(pool.available()).isEqualTo(pool.capacity());
            rig.detachAll();
            rig.chip.comeBack();
        }
        assertThat(Duration.ofNanos(fastest)).isLessThan(AT_ONCE);
    }

    @ParameterizedTest
    @EnumSource
    void shouldStopAtOnceWhenItGoesInTheMiddle(FakeVirtioNet.Vanished as) throws Exception {
        long fastest = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS; round++) {
            Port port = rig.start(pool);
            TestFunction function = function();
            rig.chip.vanishAs = as;
            rig.chip.onVanish(() -> function.offBus = true);
            rig.chip.vanishAtStatus = 0;

            long start = System.nanoTime();
            port.stop();
            port.close();
            fastest = Math.min(fastest, System.nanoTime() - start);

            rig.chip.vanishAtStatus = -1;
            rig.detachAll();
            rig.chip.comeBack();
        }
        assertThat(Duration.ofNanos(fastest)).isLessThan(AT_ONCE);
    }

    @ParameterizedTest
    @EnumSource
    void shouldFailToStartWhenItGoesInTheMiddle(FakeVirtioNet.Vanished as) throws Exception {
        TestFunction function = rig.attach();
        Port port = rig.configure(pool, Rig.RING);
        rig.chip.vanishAs = as;
        rig.chip.onVanish(() -> function.offBus = true);
        rig.chip.vanishAtStatus = VirtioRegs.STARTED;

        assertThatThrownBy(port::start).isInstanceOf(DeviceException.class)
                .hasMessageContaining("pulled out");
        rig.chip.busMaster = false;
    }

    @Test
    void shouldKeepItsCountsWhenItIsGone() throws Exception {
        Port port = rig.start(pool);
        Frames.send(port, pool, 0, BURST);
        EthStats before = port.stats();
        assertThat(before.txPackets()).isEqualTo(BURST);

        pullOut(FakeVirtioNet.Vanished.ALL_ONES);
        port.close();

        assertThat(port.stats()).isEqualTo(before);
    }

    @Test
    void shouldSurviveTheSigbusOfADoorbell() throws Exception {
        Port port = rig.start(pool);
        RxQueue rx = port.rxQueue(0);
        TxQueue tx = port.txQueue(0);
        long[] mbufs = new long[BURST];
        function().offBus = true;
        rig.chip.yank();
        int taken = 0;
        for (int burst = 0; burst < 100; burst++) {
            int n = pool.get(mbufs, 0, BURST);
            for (int i = 0; i < n; i++) {
                Frames.write(mbufs[i], i);
            }
            int sent = tx.burst(pool.mempools().uncached(), mbufs, n);
            pool.put(mbufs, sent, n - sent);
            taken += sent;
            pool.put(mbufs, 0, rx.burst(pool.mempools().uncached(), mbufs, BURST));
        }

        // The ring fills up, and nothing comes back.
        assertThat(taken).isEqualTo(Rig.RING - 1);
        assertThat(Rig.eventually(() -> !rig.reports.isEmpty())).isTrue();
        assertThat(rig.windows.faults()).isNotEmpty();
        port.close();
    }

    /** What the device wrote before it went is not looked at after the removal was noticed. */
    @Test
    void shouldBelieveNoUsedEntryAfterTheRemoval() throws Exception {
        Port port = rig.start(pool);
        Frames.send(port, pool, 0, BURST);
        assertThat(Rig.eventually(() -> rig.chip.sent == BURST)).isTrue();

        pullOut(FakeVirtioNet.Vanished.ALL_ONES);
        assertThat(Rig.eventually(port::isRemoved)).isTrue();

        long[] mbufs = new long[BURST];
        assertThat(port.rxQueue(0).burst(pool.mempools().uncached(), mbufs, BURST)).isZero();
        port.close();
    }
}
