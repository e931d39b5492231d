// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.igb;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.bus.pci.Bar;
import io.hotbus.bus.pci.PciId;
import io.hotbus.ethdev.Link;
import io.hotbus.ethdev.Port;
import io.hotbus.pmd.intel.GigabitRegs;
import io.hotbus.pmd.pci.NicPatience;
import io.hotbus.testkit.NicModel.Vanished;
import io.hotbus.testkit.pci.NicLifeTests;
import io.hotbus.testkit.pci.TestFunction;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

final class IgbLifeTest extends NicLifeTests<Rig> {
    private static final Link GIGABIT = new Link(true, 1000, true);

    @Override
    protected Rig newRig(Map<String, Object> settings, NicPatience patience) throws Exception {
        return new Rig(settings, patience);
    }

    @Override
    protected void assertStopped() {
        assertThat(rig.chip.get(GigabitRegs.RCTL) & GigabitRegs.RCTL_EN).isZero();
        assertThat(rig.chip.get(GigabitRegs.TCTL) & GigabitRegs.TCTL_EN).isZero();
    }

    private void assertProbeFails(String why) throws Exception {
        assertProbeFails(rig.function(), why);
    }

    @ParameterizedTest
    @CsvSource({"0x10c9, 82576, 16", "0x1526, 82576, 16", "0x1521, I350, 8", "0x1533, I210, 4",
            "0x157b, I210, 4", "0x1539, I211, 2"})
    void shouldDriveItsModels(String device, String model, int queues) throws Exception {
        PciId id = new PciId(0x8086, Integer.decode(device), 0x8086, 0, 0x020000);
        assertThat(rig.driver.name()).isEqualTo("net_e1000_igb");
        assertThat(rig.driver.ids()).anyMatch(known -> known.matches(id));
        assertThat(IgbModel.of(id)).hasToString(model);

        rig.driver.probe(rig.functionWith(id, Rig.BAR0));

        assertThat(rig.port().info().rx().maxQueues()).isEqualTo(queues);
    }

    @Test
    void shouldResetItAndPublishItsPort() throws Exception {
        rig.attach();

        assertThat(rig.chip.resets).isEqualTo(1);
        assertThat(rig.port().info().macAddress()).hasToString("52:54:00:12:34:76");
        assertThat(rig.chip.busMaster).isFalse();
        int control = rig.chip.get(GigabitRegs.CTRL);
        assertThat(control & GigabitRegs.CTRL_SLU).isNotZero();
        assertThat(control & IgbRegs.CTRL_LRST).isZero();
    }

    @Test
    void shouldNegotiateWhatNeverBeganByItself() throws Exception {
        Port port = rig.start(pool);

        assertThat(Rig.eventually(() -> port.link().equals(GIGABIT))).isTrue();
        assertThat(rig.chip.negotiations).isEqualTo(2);
        assertThat(rig.chip.get(IgbRegs.SW_FW_SYNC)).as("semaphores").isZero();
        assertThat(rig.chip.get(IgbRegs.SWSM)).isZero();
    }

    @Test
    void shouldGoOnWithoutItsPhy() throws Exception {
        rig.chip.deadPhy = true;

        rig.attach();

        assertThat(rig.port().link()).isEqualTo(Link.DOWN);
    }

    @Test
    void shouldRefuseOtherLinksThanCopper() throws Exception {
        rig.chip.fiber = true;

        assertProbeFails("net.igb drives ports of copper only");
    }

    @Test
    void shouldNeedBar0() throws Exception {
        assertProbeFails(rig.functionWith(Rig.ID), "no BAR0 of 128 KiB of memory");
        assertProbeFails(rig.functionWith(Rig.ID, new Bar(0, 0xc000, 32, false, false)),
                "no BAR0 of 128 KiB of memory");
    }

    @ParameterizedTest
    @EnumSource
    void shouldSayThatItIsNotThere(Vanished as) throws Exception {
        rig.chip.vanish(as);
        TestFunction function = rig.function();
        function.offBus = true;

        assertProbeFails(function, "it was pulled out");
    }

    @Test
    void shouldGiveUpOnAResetThatIsNeverDone() throws Exception {
        beginWithResetLimit(100);
        rig.chip.stuckReset = true;

        assertProbeFails("CTRL.RST is not done after 100 ms");
    }

    @ParameterizedTest
    @EnumSource
    void shouldNoticeThatItGoesInTheMiddleOfTheReset(Vanished as) throws Exception {
        rig.chip.vanishOn(GigabitRegs.CTRL, GigabitRegs.CTRL_RST, as);
        TestFunction function = rig.function();
        function.silenceConfig();

        assertProbeFails(function, "it was pulled out");
    }

    @Test
    void shouldNeedAnAddress() throws Exception {
        rig.chip.noAddress = true;

        assertProbeFails("hold no address");
    }

    @Test
    void shouldResetEvenIfItsDmaDoesNotEnd() throws Exception {
        rig.chip.stuckDma = true;

        rig.attach();

        assertThat(rig.chip.resets).isEqualTo(1);
    }
}
