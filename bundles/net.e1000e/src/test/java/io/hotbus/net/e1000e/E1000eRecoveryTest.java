// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.e1000e;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.ethdev.Port;
import io.hotbus.pmd.intel.FilterTables;
import io.hotbus.pmd.intel.GigabitRegs;
import io.hotbus.pmd.pci.NicPatience;
import io.hotbus.testkit.Frames;
import io.hotbus.testkit.pci.NicRecoveryTests;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Somebody else resets a started chip, or changes it: its port has to be set up again. */
final class E1000eRecoveryTest extends NicRecoveryTests<Rig> {
    /** What is done to the chip. */
    private enum Deed {
        RECEIVER_OFF {
            @Override
            void on(Fake82574 chip) {
                chip.set(GigabitRegs.RCTL, 0);
            }
        },
        TRANSMITTER_OFF {
            @Override
            void on(Fake82574 chip) {
                chip.set(GigabitRegs.TCTL, GigabitRegs.TCTL_PSP);
            }
        },
        REQUESTS_OFF {
            @Override
            void on(Fake82574 chip) {
                chip.set(GigabitRegs.CTRL,
                        chip.get(GigabitRegs.CTRL) | GigabitRegs.CTRL_GIO_MASTER_DISABLE);
            }
        },
        OTHER_RECEIVE_RING {
            @Override
            void on(Fake82574 chip) {
                chip.set(FakeRegs.RDLEN, 8 * FakeRegs.BYTES);
            }
        },
        OTHER_TRANSMIT_RING {
            @Override
            void on(Fake82574 chip) {
                chip.set(FakeRegs.TDBAH, chip.get(FakeRegs.TDBAH) ^ 1);
            }
        };

        abstract void on(Fake82574 chip);
    }

    @Override
    protected Rig newRig(Map<String, Object> settings, NicPatience patience) throws Exception {
        return new Rig(settings, patience);
    }

    @ParameterizedTest
    @EnumSource
    void shouldHaveItsPortSetUpAgainOnce(Deed deed) throws Exception {
        isSetUpAgainAfter(() -> deed.on(rig.chip));
    }

    @Test
    void shouldKeepTheConfigurationOfItsPort() throws Exception {
        Port port = rig.start(pool);
        port.setPromiscuous(true);
        assertThat(rig.looked(2)).isTrue();
        assertThat(rig.resets).as("its own change").isEmpty();
        int rctl = rig.chip.get(GigabitRegs.RCTL);

        rig.chip.resetByOthers();
        awaitReset(1);
        startAgain(port);

        assertThat(rig.chip.get(GigabitRegs.RCTL)).isEqualTo(rctl);
        assertThat(rctl & FilterTables.RCTL_UPE).isNotZero();
    }

    @Test
    void shouldNoticeThatReportsOfSentFramesWereLost() throws Exception {
        beginImpatient();
        Port port = rig.start(pool);
        rig.chip.losesWrites = true;
        Frames.send(port, pool, 0, 2 * BURST);
        assertThat(Rig.eventually(() -> rig.chip.get(FakeRegs.TDH) == 2 * BURST)).isTrue();
        rig.chip.losesWrites = false;

        awaitReset(1);
        startAgain(port);
        exchange(port, BURST);
    }

    @Test
    void shouldNoticeThatReceivedFramesWereLost() throws Exception {
        beginImpatient();
        Port port = rig.start(pool);
        rig.chip.losesWrites = true;
        // None of these asks for a report.
        Frames.send(port, pool, 0, 3);
        assertThat(Rig.eventually(() -> rig.chip.get(FakeRegs.TDH) == 3)).isTrue();
        rig.chip.losesWrites = false;

        awaitReset(1);
        startAgain(port);
        exchange(port, BURST);
    }

    @Test
    void shouldNoticeThatNothingIsSentAnyMore() throws Exception {
        beginImpatient();
        Port port = rig.start(pool);
        rig.chip.holdTransmit = true;
        Frames.send(port, pool, 0, 1);

        awaitReset(1);
        rig.chip.holdTransmit = false;
        startAgain(port);
        exchange(port, BURST);
    }

    @Test
    void shouldNotMindThatNothingIsSentWithoutALink() throws Exception {
        beginImpatient();
        Port port = rig.start(pool);
        rig.chip.cable = false;
        Frames.send(port, pool, 0, 1);

        assertThat(rig.looked(checksIn(SHORT))).isTrue();
        assertThat(rig.resets).isEmpty();
        rig.chip.cable = true;
    }
}
