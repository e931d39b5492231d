// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.e1000e;

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

/** Somebody else resets a started chip, or changes it: its port has to be set up again. */
@Timeout(120)
final class E1000eRecoveryTest {
    private static final int BURST = 32;
    /** So long that a busy machine does not look like a chip that stands still. */
    private static final Duration SHORT = Duration.ofMillis(500);
    private static final Duration LONG = Duration.ofSeconds(60);

    /** What is done to the chip. */
    private enum Deed {
        RESET {
            @Override
            void on(Fake82574 chip, TestFunction function) {
                chip.resetByOthers();
            }
        },
        SILENCE {
            @Override
            void on(Fake82574 chip, TestFunction function) {
                chip.vanish(Fake82574.Vanished.ALL_ONES);
                // In the look that finds it silent.
                function.onRestore = () -> {
                    function.onRestore = () -> { };
                    chip.comeBack();
                };
            }
        },
        RECEIVER_OFF {
            @Override
            void on(Fake82574 chip, TestFunction function) {
                chip.set(E1000eRegs.RCTL, 0);
            }
        },
        TRANSMITTER_OFF {
            @Override
            void on(Fake82574 chip, TestFunction function) {
                chip.set(E1000eRegs.TCTL, E1000eRegs.TCTL_PSP);
            }
        },
        REQUESTS_OFF {
            @Override
            void on(Fake82574 chip, TestFunction function) {
                chip.set(E1000eRegs.CTRL,
                        chip.get(E1000eRegs.CTRL) | E1000eRegs.CTRL_GIO_MASTER_DISABLE);
            }
        },
        OTHER_RECEIVE_RING {
            @Override
            void on(Fake82574 chip, TestFunction function) {
                chip.set(E1000eRegs.RDLEN, 8 * E1000eDescriptor.BYTES);
            }
        },
        OTHER_TRANSMIT_RING {
            @Override
            void on(Fake82574 chip, TestFunction function) {
                chip.set(E1000eRegs.TDBAH, chip.get(E1000eRegs.TDBAH) ^ 1);
            }
        },
        BUS_MASTERING_OFF {
            @Override
            void on(Fake82574 chip, TestFunction function) {
                chip.busMaster = false;
                function.changed = Optional.of("bus mastering was off");
            }
        };

        abstract void on(Fake82574 chip, TestFunction function);
    }

    private Rig rig;
    private Mempool pool;

    @BeforeEach
    void setUp() throws Exception {
        begin(E1000eRecovery.Limits.DEFAULT);
    }

    private void begin(E1000eRecovery.Limits limits) throws Exception {
        rig = new Rig(limits);
        pool = rig.pool(2048);
    }

    /** Starts again with other limits, so that a test need not wait for the product's limits. */
    private void beginWith(Duration standstill, Duration reaction) throws Exception {
        rig.close();
        begin(new E1000eRecovery.Limits(standstill, reaction));
    }

    @AfterEach
    void tearDown() throws Exception {
        rig.detachAll();
        assertThat(pool.available()).as("buffers that came back").isEqualTo(pool.capacity());
        rig.close();
        assertThat(rig.chip.violations()).isEmpty();
    }

    private TestFunction function() {
        return (TestFunction) rig.port().device();
    }

    private void awaitReset() {
        assertThat(Rig.eventually(() -> !rig.resets.isEmpty())).as("INTR_RESET").isTrue();
    }

    /** Sends a burst, and receives all of it. */
    private void exchange(Port port) {
        assertThat(Frames.send(port, pool, 0, BURST)).isEqualTo(BURST);
        long[] mbufs = new long[BURST];
        int[] received = {0};
        assertThat(Rig.eventually(() -> {
            int n = port.rxQueue(0).burst(pool.mempools().uncached(), mbufs, BURST);
            pool.put(mbufs, 0, n);
            received[0] += n;
            return received[0] >= BURST;
        })).as("%d of %d frames came", received[0], BURST).isTrue();
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

        deed.on(rig.chip, function());
        awaitReset();
        assertThat(rig.looked(3)).isTrue();
        assertThat(rig.resets).as("told once").hasSize(1);
        startAgain(port);

        exchange(port);
        assertThat(rig.looked(3)).isTrue();
        assertThat(rig.resets).as("once more all is well").hasSize(1);
        assertThat(rig.reports).isEmpty();
    }

    @Test
    void shouldKeepTheConfigurationOfItsPort() throws Exception {
        Port port = rig.start(pool);
        port.setPromiscuous(true);
        assertThat(rig.looked(2)).isTrue();
        assertThat(rig.resets).as("its own change").isEmpty();
        int rctl = rig.chip.get(E1000eRegs.RCTL);

        rig.chip.resetByOthers();
        awaitReset();
        startAgain(port);

        assertThat(rig.chip.get(E1000eRegs.RCTL)).isEqualTo(rctl);
        assertThat(rctl & E1000eRegs.RCTL_UPE).isNotZero();
    }

    @Test
    void shouldNoticeThatReportsOfSentFramesWereLost() throws Exception {
        beginWith(SHORT, LONG);
        Port port = rig.start(pool);
        rig.chip.losesWrites = true;
        Frames.send(port, pool, 0, 2 * BURST);
        assertThat(Rig.eventually(() -> rig.chip.get(E1000eRegs.TDH) == 2 * BURST)).isTrue();
        rig.chip.losesWrites = false;

        awaitReset();
        startAgain(port);
        exchange(port);
    }

    @Test
    void shouldNoticeThatReceivedFramesWereLost() throws Exception {
        beginWith(SHORT, LONG);
        Port port = rig.start(pool);
        rig.chip.losesWrites = true;
        // None of these asks for a report.
        Frames.send(port, pool, 0, 3);
        assertThat(Rig.eventually(() -> rig.chip.get(E1000eRegs.TDH) == 3)).isTrue();
        rig.chip.losesWrites = false;

        awaitReset();
        startAgain(port);
        exchange(port);
    }

    @Test
    void shouldNoticeThatNothingIsSentAnyMore() throws Exception {
        beginWith(SHORT, LONG);
        Port port = rig.start(pool);
        rig.chip.holdTransmit = true;
        Frames.send(port, pool, 0, 1);

        awaitReset();
        rig.chip.holdTransmit = false;
        startAgain(port);
        exchange(port);
    }

    /** It is there, and was set up again: that is no removal, and once is enough. */
    @Test
    void shouldReportAChipThatStandsStillAgain() throws Exception {
        beginWith(SHORT, LONG);
        Port port = rig.start(pool);
        rig.chip.holdTransmit = true;
        Frames.send(port, pool, 0, 1);
        awaitReset();
        startAgain(port);
        Frames.send(port, pool, 0, 1);

        assertThat(Rig.eventually(port::isRemoved)).isTrue();
        assertThat(rig.reports).containsOnly(RemovalCause.RESET_FAILED);
        assertThat(rig.resets).hasSize(1);
    }

    @Test
    void shouldNotMindThatNothingIsSentWithoutALink() throws Exception {
        beginWith(SHORT, LONG);
        Port port = rig.start(pool);
        rig.chip.cable = false;
        Frames.send(port, pool, 0, 1);

        assertThat(rig.looked(3 * (int) (SHORT.toMillis() / 100) / 2)).isTrue();
        assertThat(rig.resets).isEmpty();
        rig.chip.cable = true;
    }

    @Test
    void shouldNotMindARingThatIsNotPolled() throws Exception {
        beginWith(SHORT, LONG);
        Port port = rig.start(pool);
        for (int sent = 0; sent < Rig.RING - BURST; ) {
            sent += Frames.send(port, pool, sent, BURST);
        }

        assertThat(rig.looked(3 * (int) (SHORT.toMillis() / 100) / 2)).isTrue();
        assertThat(rig.resets).isEmpty();
    }

    @Test
    void shouldLeaveAChipAloneThatIsNotStarted() throws Exception {
        Port port = rig.start(pool);
        port.stop();

        rig.chip.resetByOthers();
        assertThat(rig.looked(3)).isTrue();

        assertThat(rig.resets).isEmpty();
        port.start();
        exchange(port);
    }

    @Test
    void shouldReportAChipThatDoesNotStayAsItIsSetUp() throws Exception {
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
    void shouldReportAChipWhosePortNobodySetsUpAgain() throws Exception {
        beginWith(LONG, SHORT);
        Port port = rig.start(pool);
        rig.chip.resetByOthers();

        assertThat(Rig.eventually(port::isRemoved)).isTrue();
        assertThat(rig.reports).containsOnly(RemovalCause.RESET_FAILED);
    }
}
