// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.e1000e;

import io.hotbus.pmd.pci.NicPatience;
import io.hotbus.testkit.pci.GigabitCounterTests;
import java.util.Map;

final class E1000eCounterTest extends GigabitCounterTests<Rig> {
    @Override
    protected Rig newRig(Map<String, Object> settings, NicPatience patience) throws Exception {
        return new Rig(settings, patience);
    }
}
