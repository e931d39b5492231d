// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.e1000e;

import io.hotbus.pmd.pci.NicPatience;
import io.hotbus.testkit.pci.NicTests;
import java.util.Map;

/** Base of tests of the driver with the model of an 82574. */
abstract class E1000eTests extends NicTests<Rig> {
    @Override
    protected final Rig newRig(Map<String, Object> settings, NicPatience patience)
            throws Exception {
        return new Rig(settings, patience);
    }
}
