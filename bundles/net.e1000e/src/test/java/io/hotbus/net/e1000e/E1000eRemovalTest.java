// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.e1000e;

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
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(120)
final class E1000eRemovalTest {
    private static final int BURST = 32;
    /** The fastest counts: another process may have the CPU in some of them. */
    private static final int ROUNDS = 3;
    /** To wait for the end of its DMA takes twice as long. */
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
    private void pullOut(TestFunction function, Fake82574.Vanished as) {
        function.identity = Optional.empty();
        rig.chip.vanish(as);
    }

    @ParameterizedTest
    @EnumSource
    void shouldReportItsRemovalOnce(Fake82574.Vanished as) throws Exception {
        Port port = rig.start(pool);
        assertThat(rig.looked(2)).isTrue();
        assertThat(rig.reports).isEmpty();

        pullOut(function(), as);

        assertThat(Rig.eventually(() -> !rig.reports.isEmpty())).isTrue();
        assertThat(rig.looked(3)).isTrue();
        assertThat(rig.reports).containsExactly(RemovalCause.ALL_ONES);
        assertThat(port.isRemoved()).isTrue();
        assertThat(port.link()).isEqualTo(Link.DOWN);
    }

    @Test
    void shouldReportThatAnotherIsInItsSlot() throws Exception {
        rig.start(pool);

        function().identity = Optional.of(0x10d38086 ^ 0x00040000);
        rig.chip.vanish(Fake82574.Vanished.ZEROS);

        assertThat(Rig.eventually(() -> !rig.reports.isEmpty())).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void shouldGiveItTimeWhileItsConfigurationSpaceAnswers(Fake82574.Vanished as)
            throws Exception {
        rig.attach();
        rig.chip.vanish(as);
        assertThat(rig.looked(3)).isTrue();
        assertThat(rig.reports).isEmpty();

        rig.chip.comeBack();

        assertThat(rig.looked(3)).isTrue();
        assertThat(rig.reports).isEmpty();
        function().identity = Optional.empty();
        rig.chip.vanish(as);
        assertThat(Rig.eventually(() -> !rig.reports.isEmpty())).isTrue();
    }

    @Test
    void shouldNotGiveItTimeForEver() throws Exception {
        TestFunction function = rig.attach();
        E1000eChip chip = new E1000eChip(function, function.windows().list().get(0),
                Duration.ofMillis(Rig.RESET_LIMIT));
        E1000eDev dev = E1000eDev.probe(chip, rig.dma);
        try (E1000eWatch watch = new E1000eWatch(chip, dev, rig.port(), rig.ports, rig.hotUnplug,
                new E1000eSettings.Watch(Duration.ofMillis(100), Duration.ofMillis(250)),
                E1000eRecovery.Limits.DEFAULT)) {
            watch.begin(rig.interrupts);
            rig.chip.vanish(Fake82574.Vanished.ALL_ONES);

            assertThat(Rig.eventually(() -> !rig.reports.isEmpty())).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldCloseAtOnceWhenItIsGone(Fake82574.Vanished as) throws Exception {
        long fastest = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS; round++) {
            Port port = rig.start(pool);
            Frames.send(port, pool, 0, BURST);
            pullOut(function(), as);

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
    void shouldStopAtOnceWhenItGoesInTheMiddle(Fake82574.Vanished as) throws Exception {
        long fastest = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS; round++) {
            Port port = rig.start(pool);
            TestFunction function = function();
            rig.chip.stuckDma = true;
            rig.chip.onVanish(() -> function.identity = Optional.empty());
            rig.chip.vanishOn(E1000eRegs.CTRL, E1000eRegs.CTRL_GIO_MASTER_DISABLE, as);

            long start = System.nanoTime();
            port.stop();
            port.close();
            fastest = Math.min(fastest, System.nanoTime() - start);

            rig.detachAll();
            rig.chip.stuckDma = false;
            rig.chip.comeBack();
        }
        assertThat(Duration.ofNanos(fastest)).isLessThan(AT_ONCE);
    }

    @ParameterizedTest
    @EnumSource
    void shouldFailToStartWhenItGoesInTheMiddle(Fake82574.Vanished as) throws Exception {
        TestFunction function = rig.attach();
        Port port = rig.configure(pool, Rig.RING);
        rig.chip.vanishOn(E1000eRegs.CTRL, E1000eRegs.CTRL_RST, as);
        function.identity = Optional.of(-1);

        assertThatThrownBy(port::start).isInstanceOf(DeviceException.class)
                .hasMessageContaining("pulled out");
        rig.chip.busMaster = false;
    }

    /** The registers of a chip that is gone are those of another device, perhaps. */
    private void assertNothingStored(Fake82574.Vanished as) {
        int empty = as == Fake82574.Vanished.ALL_ONES ? -1 : 0;
        for (long register = 0; register < E1000eRegs.BAR0_LENGTH; register += Integer.BYTES) {
            if (rig.chip.get(register) != empty) {
                throw new AssertionError("%#x was stored at %#x after the removal"
                        .formatted(rig.chip.get(register), register));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldStoreNothingOnceItIsGone(Fake82574.Vanished as) throws Exception {
        Port port = rig.start(pool);
        Frames.send(port, pool, 0, BURST);
        pullOut(function(), as);

        port.stop();
        port.close();
        rig.detachAll();

        assertNothingStored(as);
    }

    @ParameterizedTest
    @EnumSource
    void shouldStoreNothingWhenItGoesAsItIsStopped(Fake82574.Vanished as) throws Exception {
        Port port = rig.start(pool);
        TestFunction function = function();
        rig.chip.stuckDma = true;
        rig.chip.onVanish(() -> function.identity = Optional.empty());
        rig.chip.vanishOn(E1000eRegs.CTRL, E1000eRegs.CTRL_GIO_MASTER_DISABLE, as);

        port.stop();
        port.close();
        rig.detachAll();

        assertNothingStored(as);
    }

    @ParameterizedTest
    @EnumSource
    void shouldStoreNothingWhenItGoesAsItIsStarted(Fake82574.Vanished as) throws Exception {
        TestFunction function = rig.attach();
        Port port = rig.configure(pool, Rig.RING);
        rig.chip.onVanish(() -> function.identity = Optional.empty());
        rig.chip.vanishOn(E1000eRegs.CTRL, E1000eRegs.CTRL_RST, as);

        assertThatThrownBy(port::start).isInstanceOf(DeviceException.class);
        port.close();
        rig.detachAll();

        assertNothingStored(as);
    }

    @Test
    void shouldKeepItsCountsWhenItIsGone() throws Exception {
        Port port = rig.start(pool);
        Frames.send(port, pool, 0, BURST);
        rig.chip.set(E1000eCounter.MPC.offset(), 5);
        EthStats before = port.stats();

        pullOut(function(), Fake82574.Vanished.ALL_ONES);

        assertThat(port.stats()).isEqualTo(before);
        assertThat(before.txPackets()).isEqualTo(BURST);
        assertThat(before.missed()).isEqualTo(5);
        port.close();
        assertThat(port.stats()).isEqualTo(before);
    }

    @Test
    void shouldSurviveTheSigbusOfADoorbell() throws Exception {
        Port port = rig.start(pool);
        RxQueue rx = port.rxQueue(0);
        TxQueue tx = port.txQueue(0);
        long[] mbufs = new long[BURST];
        assertThat(Frames.send(port, pool, 0, 1)).isEqualTo(1);

        function().identity = Optional.empty();
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
        assertThat(taken).isEqualTo(Rig.RING - 2);
        assertThat(rig.windows.faults()).isNotEmpty();
        assertThat(Rig.eventually(() -> !rig.reports.isEmpty())).isTrue();
        port.close();
    }
}
