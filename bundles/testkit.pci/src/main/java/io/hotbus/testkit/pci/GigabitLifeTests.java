// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testkit.pci;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.bus.pci.Bar;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.testkit.NicModel.Vanished;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * What the driver of every one of Intel's gigabit chips does from the probe to the release.
 *
 * @param <R> the rig
 */
@ConsumerType
public abstract class GigabitLifeTests<R extends NicRig<? extends GigabitModel>>
        extends NicLifeTests<R> {
    private static final long RCTL = 0x00100;
    private static final long TCTL = 0x00400;
    private static final int EN = 1 << 1;
    private static final int SLU = 1 << 6;

    /** A function with other BARs, in the slot. */
    protected abstract TestFunction functionWith(Bar... bars) throws DeviceException;

    @Override
    protected final void assertStopped() {
        assertThat(rig.chip.get(RCTL) & EN).isZero();
        assertThat(rig.chip.get(TCTL) & EN).isZero();
    }

    /** Lets the probe fail, with a message that contains {@code why}. */
    protected final void assertProbeFails(String why) throws Exception {
        assertProbeFails(rig.function(), why);
    }

    @Test
    final void shouldResetItAndWantTheLink() throws Exception {
        rig.attach();

        assertThat(rig.chip.resets).isEqualTo(1);
        assertThat(rig.chip.busMaster).isFalse();
        assertThat(rig.chip.get(GigabitModel.CTRL) & SLU).isNotZero();
    }

    @Test
    final void shouldNeedBar0() throws Exception {
        assertProbeFails(functionWith(), "no BAR0 of 128 KiB of memory");
        assertProbeFails(functionWith(new Bar(0, 0xc000, 32, false, false)),
                "no BAR0 of 128 KiB of memory");
    }

    @ParameterizedTest
    @EnumSource
    final void shouldSayThatItIsNotThere(Vanished as) throws Exception {
        rig.chip.vanish(as);
        TestFunction function = rig.function();
        function.offBus = true;

        assertProbeFails(function, "it was pulled out");
    }

    @Test
    final void shouldSayWhereMemoryDecodingIsOff() throws Exception {
        rig.chip.vanish(Vanished.ALL_ONES);

        assertProbeFails("is memory decoding off?");
    }

    @Test
    final void shouldGiveUpOnAResetThatIsNeverDone() throws Exception {
        beginWithResetLimit(100);
        rig.chip.stuckReset = true;

        assertProbeFails("CTRL.RST is not done after 100 ms");
    }

    @ParameterizedTest
    @EnumSource
    final void shouldNoticeThatItGoesInTheMiddleOfTheReset(Vanished as) throws Exception {
        rig.chip.vanishOn(GigabitModel.CTRL, GigabitModel.RST, as);
        TestFunction function = rig.function();
        function.silenceConfig();

        assertProbeFails(function, "it was pulled out");
    }

    /** What is written to a window without a device may well be read from it again. */
    @Test
    final void shouldNotWaitForAResetOfWhatIsGone() throws Exception {
        TestFunction function = rig.function();
        function.offBus = true;
        long fastest = Long.MAX_VALUE;
        for (int round = 0; round < 3; round++) {
            rig.chip.stuckDma = true;
            rig.chip.vanishOn(GigabitModel.CTRL,
                    GigabitModel.GIO_MASTER_DISABLE | GigabitModel.RST, Vanished.ALL_ONES);
            long start = System.nanoTime();
            assertProbeFails(function, "it was pulled out");
            fastest = Math.min(fastest, System.nanoTime() - start);
            function.close();
            rig.chip.comeBack();
        }
        assertThat(Duration.ofNanos(fastest))
                .isLessThan(Duration.ofMillis(NicRig.RESET_LIMIT / 2));
    }

    @Test
    final void shouldNeedAnAddress() throws Exception {
        rig.chip.noAddress = true;

        assertProbeFails("hold no address");
    }

    @Test
    final void shouldResetEvenIfItsDmaDoesNotEnd() throws Exception {
        rig.chip.stuckDma = true;

        rig.attach();

        assertThat(rig.chip.resets).isEqualTo(1);
    }
}
