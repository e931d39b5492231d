// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testkit.pci;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.ethdev.EthStats;
import io.hotbus.ethdev.Port;
import io.hotbus.testkit.NicModel.Vanished;
import org.junit.jupiter.api.Test;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * What the driver of every one of Intel's gigabit chips does when the device is pulled out.
 *
 * @param <R> the rig
 */
@ConsumerType
public abstract class GigabitRemovalTests<R extends NicRig<? extends GigabitModel>>
        extends NicStopTests<R> {
    /** The register of missed packets. */
    private static final long MPC = 0x04010;

    @Override
    protected final void letItGoWhenStopped(Vanished as) {
        TestFunction function = function();
        rig.chip.stuckDma = true;
        rig.chip.onVanish(() -> {
            function.offBus = true;
            rig.chip.stuckDma = false;
        });
        rig.chip.vanishOn(GigabitModel.CTRL, GigabitModel.GIO_MASTER_DISABLE, as);
    }

    @Override
    protected final void letItGoWhenStarted(Vanished as) {
        TestFunction function = function();
        rig.chip.onVanish(() -> function.offBus = true);
        rig.chip.vanishOn(GigabitModel.CTRL, GigabitModel.RST, as);
    }

    @Test
    final void shouldKeepWhatItsRegistersHaveCounted() throws Exception {
        Port port = rig.start(pool);
        rig.chip.set(MPC, 5);
        EthStats before = port.stats();

        pullOut(Vanished.ALL_ONES);

        assertThat(port.stats()).isEqualTo(before);
        assertThat(before.missed()).isEqualTo(5);
        port.close();
        assertThat(port.stats()).isEqualTo(before);
    }
}
