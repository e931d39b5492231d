// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.virtio;

import io.hotbus.eal.bus.Devargs;
import io.hotbus.pmd.pci.NicPatience;
import io.hotbus.testkit.pci.NicRig;
import io.hotbus.testkit.pci.TestFunction;
import java.util.Map;

/** The driver, and the model of a virtio network device in a slot. */
final class Rig extends NicRig<FakeVirtioNet> {
    Rig(Map<String, Object> settings, NicPatience patience) throws Exception {
        super(FakeVirtioNet::new, (services, chip) -> new VirtioDriver(
                services, new VirtioSettings(settings), patience, chip::settle));
    }

    @Override
    protected TestFunction insert(Devargs devargs) {
        return new VirtioFunction(this, devargs);
    }
}
