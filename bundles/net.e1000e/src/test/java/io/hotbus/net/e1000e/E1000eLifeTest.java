// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.e1000e;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.bus.pci.Bar;
import io.hotbus.ethdev.Link;
import io.hotbus.ethdev.Port;
import io.hotbus.pmd.intel.GigabitRegs;
import io.hotbus.pmd.pci.NicPatience;
import io.hotbus.testkit.NicModel.Vanished;
import io.hotbus.testkit.pci.NicLifeTests;
import io.hotbus.testkit.pci.TestFunction;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class E1000eLifeTest extends NicLifeTests<Rig> {
    private static final Link GIGABIT = new Link(true, 1000, true);

    @Override
    protected Rig newRig(Map<String, Object> settings, NicPatience patience) throws Exception {
        return new Rig(settings, patience);
    }

    @Override
    protected void assertStopped() {
        assertThat(rig.chip.get(GigabitRegs.RCTL) & GigabitRegs.RCTL_EN).isZero();
        assertThat(rig.chip.get(GigabitRegs.TCTL) & GigabitRegs.TCTL_EN).isZero();
    }

    private void assertProbeFails(String why) throws Exception {
        assertProbeFails(rig.function(), why);
    }

    @Test
    void shouldDriveThe82574() {
        assertThat(rig.driver.name()).isEqualTo("net_e1000_em");
        assertThat(rig.driver.ids()).anyMatch(id -> id.matches(Rig.ID));
    }

    @Test
    void shouldResetItAndPublishItsPort() throws Exception {
        rig.attach();

        assertThat(rig.chip.resets).isEqualTo(1);
        assertThat(rig.port().info().macAddress()).hasToString("52:54:00:12:34:D3");
        assertThat(rig.port().info().rx().maxQueues()).isEqualTo(2);
        assertThat(rig.chip.busMaster).isFalse();
        int control = rig.chip.get(GigabitRegs.CTRL);
        assertThat(control & GigabitRegs.CTRL_SLU).isNotZero();
        assertThat(control & E1000eRegs.CTRL_ASDE).isZero();
    }

    @Test
    void shouldNeedBar0() throws Exception {
        assertProbeFails(rig.functionWith(), "no BAR0 of 128 KiB of memory");
        assertProbeFails(rig.functionWith(new Bar(0, 0xc000, 32, false, false)),
                "no BAR0 of 128 KiB of memory");
    }

    @ParameterizedTest
    @EnumSource
    void shouldSayThatItIsNotThere(Vanished as) throws Exception {
        rig.chip.vanish(as);
        TestFunction function = rig.function();
        function.offBus = true;

        assertProbeFails(function, "it was pulled out");
    }

    @Test
    void shouldSayWhereMemoryDecodingIsOff() throws Exception {
        rig.chip.vanish(Vanished.ALL_ONES);

        assertProbeFails("is memory decoding off?");
    }

    @Test
    void shouldGiveUpOnAResetThatIsNeverDone() throws Exception {
        beginWithResetLimit(100);
        rig.chip.stuckReset = true;

        assertProbeFails("CTRL.RST is not done after 100 ms");
    }

    @ParameterizedTest
    @EnumSource
    void shouldNoticeThatItGoesInTheMiddleOfTheReset(Vanished as) throws Exception {
        rig.chip.vanishOn(GigabitRegs.CTRL, GigabitRegs.CTRL_RST, as);
        TestFunction function = rig.function();
        function.silenceConfig();

        assertProbeFails(function, "it was pulled out");
    }

    /** What is written to a window without a device may well be read from it again. */
    @Test
    void shouldNotWaitForAResetOfWhatIsGone() throws Exception {
        TestFunction function = rig.function();
        function.offBus = true;
        long fastest = Long.MAX_VALUE;
        for (int round = 0; round < 3; round++) {
            rig.chip.stuckDma = true;
            rig.chip.vanishOn(GigabitRegs.CTRL,
                    GigabitRegs.CTRL_GIO_MASTER_DISABLE | GigabitRegs.CTRL_RST,
                    Vanished.ALL_ONES);
            long start = System.nanoTime();
            assertProbeFails(function, "it was pulled out");
            fastest = Math.min(fastest, System.nanoTime() - start);
            function.close();
            rig.chip.comeBack();
        }
        assertThat(Duration.ofNanos(fastest)).isLessThan(Duration.ofMillis(Rig.RESET_LIMIT / 2));
    }

    @Test
    void shouldNeedItsNvm() throws Exception {
        beginWithResetLimit(100);
        rig.chip.nvmBroken = true;

        assertProbeFails("its NVM is not read (EECD.AUTO_RD) after 100 ms");
    }

    @Test
    void shouldNeedAnAddress() throws Exception {
        rig.chip.noAddress = true;

        assertProbeFails("hold no address");
    }

    @Test
    void shouldResetEvenIfItsDmaDoesNotEnd() throws Exception {
        rig.chip.stuckDma = true;

        rig.attach();

        assertThat(rig.chip.resets).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"0x80083, 1000, true", "0x800c3, 1000, true", "0x80043, 100, true",
            "0x80002, 10, false"})
    void shouldSayWhatTheLinkIs(String status, int speed, boolean fullDuplex) {
        assertThat(GigabitRegs.link(Integer.decode(status)))
                .isEqualTo(new Link(true, speed, fullDuplex));
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 0x80081})
    void shouldTakeTheLinkForDown(int status) {
        assertThat(GigabitRegs.link(status)).isEqualTo(Link.DOWN);
    }

    @Test
    void shouldHaveTheInterruptAgainAfterAStart() throws Exception {
        Port port = rig.start(pool);
        assertThat(rig.chip.get(E1000eRegs.IVAR)).isEqualTo(E1000eRegs.IVAR_ALL_VECTOR_0);
        assertThat(Rig.eventually(() -> port.link().equals(GIGABIT))).isTrue();
        assertThat(rig.looked(2)).isTrue();

        // Told at once, before the next check: in one of a few tries for certain.
        boolean atOnce = false;
        for (int i = 0; i < 10 && !atOnce; i++) {
            boolean plugged = rig.chip.cable;
            rig.linkChanges.clear();
            assertThat(rig.looked(1)).isTrue();
            int rounds = rig.interrupts.rounds();
            rig.chip.cable = !plugged;
            assertThat(Rig.eventually(() -> !rig.linkChanges.isEmpty())).isTrue();
            atOnce = rig.interrupts.rounds() == rounds;
        }
        assertThat(atOnce).isTrue();
    }
}
