// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.virtio;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.eal.hotplug.RemovalCause;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.ethdev.Port;
import io.hotbus.testkit.Frames;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Somebody else resets a started device, or the device lies, or it works no more. */
@Timeout(120)
final class VirtioRecoveryTest {
    private static final int BURST = 32;
    /** So long that a busy machine does not look like a device that stands still. */
    private static final Duration SHORT = Duration.ofMillis(800);
    private static final Duration LONG = Duration.ofSeconds(60);

    /** What is done to the device. */
    private enum Deed {
        RESET {
            @Override
            void on(FakeVirtioNet chip, TestFunction function) {
                chip.resetByOthers();
            }
        },
        NEEDS_RESET {
            @Override
            void on(FakeVirtioNet chip, TestFunction function) {
                chip.writeStatus(VirtioRegs.STARTED | VirtioRegs.DEVICE_NEEDS_RESET);
            }
        },
        BUS_MASTERING_OFF {
            @Override
            void on(FakeVirtioNet chip, TestFunction function) {
                chip.busMaster = false;
                function.changed = Optional.of("bus mastering was off");
            }
        };

        abstract void on(FakeVirtioNet chip, TestFunction function);
    }

    private Rig rig;
    private Mempool pool;

    @BeforeEach
    void setUp() throws Exception {
        begin(VirtioWatch.Patience.DEFAULT);
    }

    private void begin(VirtioWatch.Patience patience) throws Exception {
        rig = new Rig(Rig.RESET_LIMIT, patience);
        pool = rig.pool(2048);
    }

    private void beginWith(Duration standstill, Duration reaction) throws Exception {
        rig.close();
        begin(new VirtioWatch.Patience(standstill, reaction));
    }

    @AfterEach
    void tearDown() throws Exception {
        rig.detachAll();
        assertThat(pool.available()).as("buffers that came back").isEqualTo(pool.capacity());
        rig.close();
        assertThat(rig.chip.violations()).isEmpty();
    }

    private void awaitReset(int count) {
        assertThat(Rig.eventually(() -> rig.resets.size() >= count)).as("INTR_RESET").isTrue();
    }

    private void exchange(Port port) {
        assertThat(Frames.send(port, pool, 0, BURST)).isEqualTo(BURST);
        Frames.receiveAll(port, 0, pool, 0, BURST);
    }

    private static void startAgain(Port port) throws Exception {
        port.stop();
        port.start();
    }

    @ParameterizedTest
    @EnumSource
    void shouldHaveItsPortSetUpAgainOnce(Deed deed) throws Exception {
        Port port = rig.start(pool);
        exchange(port);
        assertThat(rig.looked(2)).isTrue();
        assertThat(rig.resets).as("while all is well").isEmpty();

        deed.on(rig.chip, (TestFunction) port.device());
        awaitReset(1);
        assertThat(rig.looked(3)).isTrue();
        assertThat(rig.resets).as("told once").hasSize(1);
        startAgain(port);

        exchange(port);
        assertThat(rig.looked(3)).isTrue();
        assertThat(rig.resets).as("once more all is well").hasSize(1);
        assertThat(rig.reports).isEmpty();
    }

    /** Every buffer comes back once: the end of each test counts them. */
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void shouldStopAQueueWhoseDeviceLies(FakeVirtioNet.Lie lie) throws Exception {
        stopsALiar(RingKind.SPLIT, lie);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void shouldStopAPackedQueueWhoseDeviceLies(FakeVirtioNet.Lie lie) throws Exception {
        stopsALiar(RingKind.PACKED, lie);
    }

    private void stopsALiar(RingKind kind, FakeVirtioNet.Lie lie) throws Exception {
        kind.offer(rig.chip);
        Port port = rig.start(pool);
        exchange(port);
        rig.chip.lie = lie;
        long[] mbufs = new long[BURST];

        Frames.send(port, pool, 0, 3);
        assertThat(Rig.eventually(() -> {
            int n = port.rxQueue(0).burst(pool.mempools().uncached(), mbufs, BURST);
            pool.mempools().uncached().free(mbufs, 0, n);
            Frames.send(port, pool, 0, 1);
            return !rig.resets.isEmpty();
        })).isTrue();
        boolean sent = lie == FakeVirtioNet.Lie.SENT_TWICE;
        assertThat(sent ? Frames.send(port, pool, 0, 1)
                : port.rxQueue(0).burst(pool.mempools().uncached(), mbufs, BURST)).isZero();

        rig.chip.lie = FakeVirtioNet.Lie.NONE;
        startAgain(port);
        exchange(port);
        assertThat(rig.reports).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(names = {"SPLIT", "PACKED"})
    void shouldSetUpADeviceThatStandsStillOnceAndThenReportIt(RingKind kind) throws Exception {
        beginWith(SHORT, LONG);
        kind.offer(rig.chip);
        Port port = rig.start(pool);
        rig.chip.holdTransmit = true;
        Frames.send(port, pool, 0, 1);

        awaitReset(1);
        assertThat(rig.reports).isEmpty();
        startAgain(port);
        assertThat(rig.looked(2)).isTrue();
        Frames.send(port, pool, 0, 1);

        assertThat(Rig.eventually(port::isRemoved)).isTrue();
        assertThat(rig.reports).containsOnly(RemovalCause.RESET_FAILED);
        assertThat(rig.resets).hasSize(1);
    }

    @Test
    void shouldTrustADeviceThatHasWorkedAgain() throws Exception {
        beginWith(SHORT, LONG);
        Port port = rig.start(pool);
        for (int round = 1; round <= 2; round++) {
            rig.chip.holdTransmit = true;
            Frames.send(port, pool, 0, 1);
            awaitReset(round);
            rig.chip.holdTransmit = false;
            startAgain(port);
            rig.chip.holdTransmit = true;
            Frames.send(port, pool, 0, 1);
            assertThat(rig.looked(2)).isTrue();
            rig.chip.holdTransmit = false;
            Frames.receiveAll(port, 0, pool, 0, 1);
            assertThat(rig.looked(2)).isTrue();
        }
        assertThat(rig.reports).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(names = {"SPLIT", "PACKED"})
    void shouldNotMindARingThatIsNotPolled(RingKind kind) throws Exception {
        beginWith(SHORT, LONG);
        kind.offer(rig.chip);
        Port port = rig.start(pool);
        Frames.send(port, pool, 0, BURST);

        assertThat(rig.looked(3 * (int) (SHORT.toMillis() / 100) / 2)).isTrue();
        assertThat(rig.resets).isEmpty();
    }

    @Test
    void shouldLeaveADeviceAloneThatIsNotStarted() throws Exception {
        Port port = rig.start(pool);
        port.stop();

        rig.chip.resetByOthers();
        assertThat(rig.looked(3)).isTrue();

        assertThat(rig.resets).isEmpty();
        port.start();
        exchange(port);
    }

    @Test
    void shouldReportADeviceThatDoesNotStayAsItIsSetUp() throws Exception {
        Port port = rig.start(pool);
        int answered = 0;
        while (rig.reports.isEmpty()) {
            rig.chip.resetByOthers();
            int before = answered;
            assertThat(Rig.eventually(
                    () -> rig.resets.size() > before || !rig.reports.isEmpty())).isTrue();
            if (rig.reports.isEmpty()) {
                startAgain(port);
                answered++;
            }
        }

        assertThat(answered).isEqualTo(8);
        assertThat(rig.reports).containsOnly(RemovalCause.RESET_FAILED);
    }

    @Test
    void shouldReportADeviceWhosePortNobodySetsUpAgain() throws Exception {
        beginWith(LONG, SHORT);
        Port port = rig.start(pool);
        rig.chip.resetByOthers();

        assertThat(Rig.eventually(port::isRemoved)).isTrue();
        assertThat(rig.reports).containsOnly(RemovalCause.RESET_FAILED);
    }
}
