// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.virtio;

import io.hotbus.pmd.pci.NicPatience;
import io.hotbus.testkit.NicModel.Vanished;
import io.hotbus.testkit.pci.NicStopTests;
import io.hotbus.testkit.pci.TestFunction;
import java.util.Map;

final class VirtioRemovalTest extends NicStopTests<Rig> {
    @Override
    protected Rig newRig(Map<String, Object> settings, NicPatience patience) throws Exception {
        return new Rig(settings, patience);
    }

    @Override
    protected void letItGoWhenStopped(Vanished as) {
        letItGo(as, 0);
    }

    @Override
    protected void letItGoWhenStarted(Vanished as) {
        letItGo(as, VirtioRegs.STARTED);
    }

    private void letItGo(Vanished as, int status) {
        TestFunction function = function();
        rig.chip.vanishAs = as;
        rig.chip.onVanish(() -> {
            function.offBus = true;
            rig.chip.vanishAtStatus = -1;
        });
        rig.chip.vanishAtStatus = status;
    }
}
