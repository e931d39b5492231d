// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.igb;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.bus.pci.Bar;
import io.hotbus.bus.pci.PciId;
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

final class IgbLifeTest extends GigabitLifeTests<Rig> {
    private static final Link GIGABIT = new Link(true, 1000, true);

    @Override
    protected Rig newRig(Map<String, Object> settings, NicPatience patience) throws Exception {
        return new Rig(settings, patience);
    }

    @Override
    protected TestFunction functionWith(Bar... bars) throws DeviceException {
        return rig.functionWith(Rig.ID, bars);
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
    void shouldPublishItsPort() throws Exception {
        rig.attach();

        assertThat(rig.port().info().macAddress()).hasToString("52:54:00:12:34:76");
        assertThat(rig.chip.get(GigabitRegs.CTRL) & IgbRegs.CTRL_LRST).isZero();
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
}
