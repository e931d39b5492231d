// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.igb;

import io.hotbus.pmd.pci.NicPatience;
import io.hotbus.testkit.pci.NicTests;
import java.util.Map;
import java.util.Random;

/** Base of tests of the driver with the model of an 82576. */
abstract class IgbTests extends NicTests<Rig> {
    @Override
    protected final Rig newRig(Map<String, Object> settings, NicPatience patience)
            throws Exception {
        return new Rig(settings, patience);
    }

    /** A frame of any bytes. */
    static byte[] frame(int length) {
        byte[] frame = new byte[length];
        new Random(length).nextBytes(frame);
        return frame;
    }
}
