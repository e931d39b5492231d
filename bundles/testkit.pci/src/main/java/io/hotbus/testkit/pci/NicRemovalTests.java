// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testkit.pci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.hotplug.RemovalCause;
import io.hotbus.ethdev.EthStats;
import io.hotbus.ethdev.Link;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.RxQueue;
import io.hotbus.ethdev.TxQueue;
import io.hotbus.testkit.Frames;
import io.hotbus.testkit.NicModel.Vanished;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * What the driver of every NIC does when the device is pulled out.
 *
 * @param <R> the rig
 */
@ConsumerType
public abstract class NicRemovalTests<R extends NicRig<?>> extends NicTests<R> {
    /** The fastest counts: another process may have the CPU in some of them. */
    private static final int ROUNDS = 3;
    private static final Duration AT_ONCE = Duration.ofMillis(NicRig.RESET_LIMIT / 20);
    private static final int CLASS_AND_REVISION = 0x08;

    /** How many packets a transmit ring takes while the device sends none. */
    protected int ringRoom() {
        return NicRig.RING - 1;
    }

    /** Lets the device of the port go in the middle of its start. */
    protected abstract void letItGoWhenStarted(Vanished as);

    @ParameterizedTest
    @EnumSource
    final void shouldReportItsRemovalOnce(Vanished as) throws Exception {
        Port port = rig.start(pool);
        assertThat(rig.looked(2)).isTrue();
        assertThat(rig.reports).isEmpty();

        pullOut(as);

        assertThat(NicRig.eventually(() -> !rig.reports.isEmpty())).isTrue();
        assertThat(rig.looked(3)).isTrue();
        assertThat(rig.reports).containsExactly(RemovalCause.ALL_ONES);
        assertThat(rig.resets).isEmpty();
        assertThat(port.isRemoved()).isTrue();
        assertThat(port.link()).isEqualTo(Link.DOWN);
    }

    @Test
    final void shouldReportThatAnotherIsInItsSlot() throws Exception {
        rig.start(pool);

        function().config.putInt(0, 0x12345678);
        rig.chip.vanish(Vanished.ZEROS);

        assertThat(NicRig.eventually(() -> !rig.reports.isEmpty())).isTrue();
    }

    /** As vfio does, which answers with the ids of a function that is gone. */
    @Test
    final void shouldNotBelieveItsIdsAlone() throws Exception {
        rig.start(pool);

        function().config.putInt(CLASS_AND_REVISION, -1);
        rig.chip.vanish(Vanished.ALL_ONES);

        assertThat(NicRig.eventually(() -> !rig.reports.isEmpty())).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    final void shouldGiveItTimeWhileItsConfigurationSpaceAnswers(Vanished as) throws Exception {
        rig.attach();
        rig.chip.vanish(as);
        assertThat(rig.looked(3)).isTrue();
        assertThat(rig.reports).isEmpty();

        rig.chip.comeBack();

        assertThat(rig.looked(3)).isTrue();
        assertThat(rig.reports).isEmpty();
        pullOut(as);
        assertThat(NicRig.eventually(() -> !rig.reports.isEmpty())).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    final void shouldCloseAtOnceWhenItIsGone(Vanished as) throws Exception {
        closesAtOnce(port -> {
            Frames.send(port, pool, 0, BURST);
            pullOut(as);
        });
    }

    /**
     * Starts a port some times, calls {@code removal}, and checks that stop and close take no time
     * and give all buffers back.
     */
    final void closesAtOnce(Consumer<Port> removal) throws Exception {
        long fastest = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS; round++) {
            Port port = rig.start(pool);
            removal.accept(port);

            long start = System.nanoTime();
            port.stop();
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
    final void shouldStoreNothingOnceItIsGone(Vanished as) throws Exception {
        Port port = rig.start(pool);
        Frames.send(port, pool, 0, BURST);
        pullOut(as);

        port.stop();
        port.close();
        rig.detachAll();

        assertNothingStored(as);
    }

    @ParameterizedTest
    @EnumSource
    final void shouldFailToStartAndStoreNothingWhenItGoesMeanwhile(Vanished as) throws Exception {
        rig.attach();
        Port port = rig.configure(pool, NicRig.RING);
        letItGoWhenStarted(as);

        assertThatThrownBy(port::start).isInstanceOf(DeviceException.class)
                .hasMessageContaining("pulled out");
        rig.chip.busMaster = false;
        port.close();
        rig.detachAll();

        assertThat(rig.ports.ports()).isEmpty();
        assertNothingStored(as);
    }

    /** The registers of a device that is gone are those of another one, perhaps. */
    final void assertNothingStored(Vanished as) {
        int empty = as == Vanished.ALL_ONES ? -1 : 0;
        for (long register = 0; register < rig.chip.length(0); register += Integer.BYTES) {
            if (rig.chip.get(register) != empty) {
                throw new AssertionError("%#x was stored at %#x after the removal"
                        .formatted(rig.chip.get(register), register));
            }
        }
    }

    @Test
    final void shouldKeepItsCountsWhenItIsGone() throws Exception {
        Port port = rig.start(pool);
        exchange(port, BURST);
        EthStats before = port.stats();
        assertThat(before.txPackets()).isEqualTo(BURST);
        assertThat(before.rxPackets()).isEqualTo(BURST);

        pullOut(Vanished.ALL_ONES);

        assertThat(port.stats()).isEqualTo(before);
        port.close();
        assertThat(port.stats()).isEqualTo(before);
    }

    @Test
    final void shouldSurviveTheSigbusOfADoorbell() throws Exception {
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
        assertThat(taken).isEqualTo(ringRoom());
        assertThat(NicRig.eventually(() -> !rig.reports.isEmpty())).isTrue();
        assertThat(rig.windows.faults()).isNotEmpty();
        port.close();
    }

    /** What the device wrote before it went is not believed after the removal was noticed. */
    @Test
    final void shouldBelieveNoDescriptorAfterTheRemoval() throws Exception {
        Port port = rig.start(pool);
        exchange(port, 1);
        Frames.send(port, pool, 0, BURST);

        pullOut(Vanished.ALL_ONES);
        assertThat(NicRig.eventually(port::isRemoved)).isTrue();

        long[] mbufs = new long[BURST];
        assertThat(port.rxQueue(0).burst(pool.mempools().uncached(), mbufs, BURST)).isZero();
        port.close();
    }

    @Test
    final void shouldNotGiveItTimeForEver() throws Exception {
        beginWith(Map.of("silence.limit.ms", 250), PATIENCE);
        rig.attach();
        rig.chip.vanish(Vanished.ALL_ONES);

        assertThat(NicRig.eventually(() -> !rig.reports.isEmpty())).isTrue();
    }
}
