// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.e1000e;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.bus.pci.Bar;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.ethdev.Link;
import io.hotbus.ethdev.Port;
import io.hotbus.pmd.intel.GigabitRegs;
import io.hotbus.pmd.pci.NicPatience;
import io.hotbus.testkit.pci.GigabitLifeTests;
import io.hotbus.testkit.pci.TestFunction;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class E1000eLifeTest extends GigabitLifeTests<Rig> {
    private static final Link GIGABIT = new Link(true, 1000, true);

    @Override
    protected Rig newRig(Map<String, Object> settings, NicPatience patience) throws Exception {
        return new Rig(settings, patience);
    }

    @Override
    protected TestFunction functionWith(Bar... bars) throws DeviceException {
        return rig.functionWith(bars);
    }

    @Test
    void shouldDriveThe82574() {
        assertThat(rig.driver.name()).isEqualTo("net_e1000_em");
        assertThat(rig.driver.ids()).anyMatch(id -> id.matches(Rig.ID));
    }

    @Test
    void shouldPublishItsPort() throws Exception {
        rig.attach();

        assertThat(rig.port().info().macAddress()).hasToString("52:54:00:12:34:D3");
        assertThat(rig.port().info().rx().maxQueues()).isEqualTo(2);
        assertThat(rig.chip.get(GigabitRegs.CTRL) & E1000eRegs.CTRL_ASDE).isZero();
    }

    @Test
    void shouldNeedItsNvm() throws Exception {
        beginWithResetLimit(100);
        rig.chip.nvmBroken = true;

        assertProbeFails("its NVM is not read (EECD.AUTO_RD) after 100 ms");
    }

    @ParameterizedTest
    @CsvSource({"0x80083, 1000, true", "0x800c3, 1000, true", "0x80043, 100, true",
            "0x80002, 10, false"})
    void shouldSayWhatTheLinkIs(String status, int speed, boolean fullDuplex) {
        assertThat(GigabitRegs.link(Integer.decode(status)))
                .isEqualTo(new Link(true, speed, fullDuplex));
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 0x80081})
    void shouldTakeTheLinkForDown(int status) {
        assertThat(GigabitRegs.link(status)).isEqualTo(Link.DOWN);
    }

    @Test
    void shouldHaveTheInterruptAgainAfterAStart() throws Exception {
        Port port = rig.start(pool);
        assertThat(rig.chip.get(E1000eRegs.IVAR)).isEqualTo(E1000eRegs.IVAR_ALL_VECTOR_0);
        assertThat(Rig.eventually(() -> port.link().equals(GIGABIT))).isTrue();
        assertThat(rig.looked(2)).isTrue();

        // Told at once, before the next check: in one of a few tries for certain.
        boolean atOnce = false;
        for (int i = 0; i < 10 && !atOnce; i++) {
            boolean plugged = rig.chip.cable;
            rig.linkChanges.clear();
            assertThat(rig.looked(1)).isTrue();
            int rounds = rig.interrupts.rounds();
            rig.chip.cable = !plugged;
            assertThat(Rig.eventually(() -> !rig.linkChanges.isEmpty())).isTrue();
            atOnce = rig.interrupts.rounds() == rounds;
        }
        assertThat(atOnce).isTrue();
    }
}
