// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.igbvf;

import io.hotbus.pmd.pci.NicPatience;
import io.hotbus.testkit.NicModel.Vanished;
import io.hotbus.testkit.pci.NicRemovalTests;
import io.hotbus.testkit.pci.TestFunction;
import java.util.Map;

final class VfRemovalTest extends NicRemovalTests<Rig> {
    @Override
    protected Rig newRig(Map<String, Object> settings, NicPatience patience) throws Exception {
        return new Rig(settings, patience);
    }

    @Override
    protected void letItGoWhenStarted(Vanished as) {
        TestFunction function = function();
        rig.chip.onVanish(() -> function.offBus = true);
        rig.chip.vanishOn(VfRegs.VTCTRL, VfRegs.VTCTRL_RST, as);
    }
}
