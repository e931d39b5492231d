// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.igb;

import io.hotbus.pmd.pci.NicPatience;
import io.hotbus.testkit.pci.NicRecoveryTests;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class IgbRecoveryTest extends NicRecoveryTests<Rig> {
    @Override
    protected Rig newRig(Map<String, Object> settings, NicPatience patience) throws Exception {
        return new Rig(settings, patience);
    }

    @Test
    void shouldBeSetUpAgainAfterAQueueWasDisabled() throws Exception {
        isSetUpAgainAfter(() -> rig.chip.set(0xc028, 0));
    }
}
