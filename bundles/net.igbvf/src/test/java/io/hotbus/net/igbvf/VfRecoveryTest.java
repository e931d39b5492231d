// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.igbvf;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.ethdev.Link;
import io.hotbus.ethdev.Port;
import io.hotbus.pmd.pci.NicPatience;
import io.hotbus.testkit.pci.NicRecoveryTests;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class VfRecoveryTest extends NicRecoveryTests<Rig> {
    @Override
    protected Rig newRig(Map<String, Object> settings, NicPatience patience) throws Exception {
        return new Rig(settings, patience);
    }

    @Test
    void shouldBeSetUpAgainWhenThePhysicalFunctionBeginsAnew() throws Exception {
        isSetUpAgainAfter(rig.chip::begin);
    }

    @Test
    void shouldBeSetUpAgainWhenItsQueuesWereReset() throws Exception {
        isSetUpAgainAfter(() -> rig.chip.set(0x2828, 0));
    }

    /** Nothing can be set up meanwhile. Linux says first that it begins anew. */
    @Test
    void shouldHaveNoLinkWhileThePhysicalFunctionIsDown() throws Exception {
        Port port = rig.start(pool);
        exchange(port, BURST);
        assertThat(rig.looked(2)).isTrue();
        rig.chip.goDown();
        assertThat(Rig.eventually(() -> port.link().equals(Link.DOWN))).isTrue();
        assertThat(rig.looked(3)).isTrue();
        assertThat(rig.resets).isEmpty();
        assertThat(rig.reports).isEmpty();

        rig.chip.down = false;

        awaitReset(1);
        startAgain(port);
        assertThat(port.link().up()).isTrue();
        exchange(port, BURST);
        assertThat(rig.looked(3)).isTrue();
        assertThat(rig.resets).hasSize(1);
    }
}
