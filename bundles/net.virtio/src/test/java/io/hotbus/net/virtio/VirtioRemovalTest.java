// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.virtio;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.ethdev.Port;
import io.hotbus.pmd.pci.NicPatience;
import io.hotbus.testkit.NicModel.Vanished;
import io.hotbus.testkit.pci.NicRemovalTests;
import io.hotbus.testkit.pci.TestFunction;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class VirtioRemovalTest extends NicRemovalTests<Rig> {
    @Override
    protected Rig newRig(Map<String, Object> settings, NicPatience patience) throws Exception {
        return new Rig(settings, patience);
    }

    @ParameterizedTest
    @EnumSource
    void shouldStopAtOnceWhenItGoesInTheMiddle(Vanished as) throws Exception {
        closesAtOnce(port -> {
            TestFunction function = function();
            rig.chip.vanishAs = as;
            rig.chip.onVanish(() -> {
                function.offBus = true;
                rig.chip.vanishAtStatus = -1;
            });
            rig.chip.vanishAtStatus = 0;
        });
    }

    @ParameterizedTest
    @EnumSource
    void shouldFailToStartWhenItGoesInTheMiddle(Vanished as) throws Exception {
        TestFunction function = rig.attach();
        Port port = rig.configure(pool, Rig.RING);
        rig.chip.vanishAs = as;
        rig.chip.onVanish(() -> function.offBus = true);
        rig.chip.vanishAtStatus = VirtioRegs.STARTED;

        assertThatThrownBy(port::start).isInstanceOf(DeviceException.class)
                .hasMessageContaining("pulled out");
        rig.chip.busMaster = false;
    }
}
