// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.e1000e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.ethdev.EthStats;
import io.hotbus.ethdev.Port;
import io.hotbus.pmd.intel.GigabitRegs;
import io.hotbus.pmd.pci.NicPatience;
import io.hotbus.testkit.Frames;
import io.hotbus.testkit.NicModel.Vanished;
import io.hotbus.testkit.pci.NicRemovalTests;
import io.hotbus.testkit.pci.TestFunction;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class E1000eRemovalTest extends NicRemovalTests<Rig> {
    @Override
    protected Rig newRig(Map<String, Object> settings, NicPatience patience) throws Exception {
        return new Rig(settings, patience);
    }

    @ParameterizedTest
    @EnumSource
    void shouldStopAtOnceWhenItGoesInTheMiddle(Vanished as) throws Exception {
        closesAtOnce(port -> goesAsItIsStopped(as));
    }

    private void goesAsItIsStopped(Vanished as) {
        TestFunction function = function();
        rig.chip.stuckDma = true;
        rig.chip.onVanish(() -> {
            function.offBus = true;
            rig.chip.stuckDma = false;
        });
        rig.chip.vanishOn(GigabitRegs.CTRL, GigabitRegs.CTRL_GIO_MASTER_DISABLE, as);
    }

    @ParameterizedTest
    @EnumSource
    void shouldFailToStartWhenItGoesInTheMiddle(Vanished as) throws Exception {
        TestFunction function = rig.attach();
        Port port = rig.configure(pool, Rig.RING);
        rig.chip.vanishOn(GigabitRegs.CTRL, GigabitRegs.CTRL_RST, as);
        function.silenceConfig();

        assertThatThrownBy(port::start).isInstanceOf(DeviceException.class)
                .hasMessageContaining("pulled out");
        rig.chip.busMaster = false;
    }

    /** The registers of a chip that is gone are those of another device, perhaps. */
    private void assertNothingStored(Vanished as) {
        int empty = as == Vanished.ALL_ONES ? -1 : 0;
        for (long register = 0; register < E1000eRegs.BAR0_LENGTH; register += Integer.BYTES) {
            if (rig.chip.get(register) != empty) {
                throw new AssertionError("%#x was stored at %#x after the removal"
                        .formatted(rig.chip.get(register), register));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldStoreNothingOnceItIsGone(Vanished as) throws Exception {
        Port port = rig.start(pool);
        Frames.send(port, pool, 0, BURST);
        pullOut(as);

        port.stop();
        port.close();
        rig.detachAll();

        assertNothingStored(as);
    }

    @ParameterizedTest
    @EnumSource
    void shouldStoreNothingWhenItGoesAsItIsStopped(Vanished as) throws Exception {
        Port port = rig.start(pool);
        goesAsItIsStopped(as);

        port.stop();
        port.close();
        rig.detachAll();

        assertNothingStored(as);
    }

    @ParameterizedTest
    @EnumSource
    void shouldStoreNothingWhenItGoesAsItIsStarted(Vanished as) throws Exception {
        TestFunction function = rig.attach();
        Port port = rig.configure(pool, Rig.RING);
        rig.chip.onVanish(() -> function.offBus = true);
        rig.chip.vanishOn(GigabitRegs.CTRL, GigabitRegs.CTRL_RST, as);

        assertThatThrownBy(port::start).isInstanceOf(DeviceException.class);
        port.close();
        rig.detachAll();

        assertNothingStored(as);
    }

    @Test
    void shouldKeepWhatItsRegistersHaveCounted() throws Exception {
        Port port = rig.start(pool);
        rig.chip.set(FakeRegs.MPC, 5);
        EthStats before = port.stats();

        pullOut(Vanished.ALL_ONES);

        assertThat(port.stats()).isEqualTo(before);
        assertThat(before.missed()).isEqualTo(5);
        port.close();
        assertThat(port.stats()).isEqualTo(before);
    }
}
