// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.e1000e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hotbus.bus.pci.Bar;
import io.hotbus.eal.bus.DeviceException;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
final class E1000eProbeTest {
    private Rig rig;

    @BeforeEach
    void setUp() throws Exception {
        rig = new Rig();
    }

    @AfterEach
    void tearDown() throws Exception {
        rig.close();
        assertThat(rig.chip.violations()).isEmpty();
        assertThat(rig.interrupts.open()).isZero();
    }

    private void useRigOfLimit(int millis) throws Exception {
        rig.close();
        rig = new Rig(millis);
    }

    private void assertProbeFails(String why) throws Exception {
        assertProbeFails(rig.function(), why);
    }

    private void assertProbeFails(TestFunction function, String why) {
        assertThatThrownBy(() -> rig.driver.probe(function)).isInstanceOf(DeviceException.class)
                .hasMessageStartingWith(Rig.ADDRESS + ": ").hasMessageContaining(why);
        assertThat(rig.ports.ports()).isEmpty();
        assertThat(rig.chip.busMaster).isFalse();
    }

    @Test
    void shouldDriveThe82574() {
        assertThat(rig.driver.name()).isEqualTo("net_e1000_em");
        assertThat(rig.driver.ids()).anyMatch(id -> id.matches(TestFunction.ID));
    }

    @Test
    void shouldResetItAndPublishItsPort() throws Exception {
        rig.attach();

        assertThat(rig.chip.resets).isEqualTo(1);
        assertThat(rig.port().info().macAddress()).hasToString("52:54:00:12:34:D3");
        assertThat(rig.port().info().rx().maxQueues()).isEqualTo(2);
        assertThat(rig.chip.busMaster).isFalse();
        int control = rig.chip.get(E1000eRegs.CTRL);
        assertThat(control & E1000eRegs.CTRL_SLU).isNotZero();
        assertThat(control & E1000eRegs.CTRL_ASDE).isZero();
    }

    @Test
    void shouldLeaveTheBindDevargToTheBus() throws Exception {
        rig.driver.probe(rig.function(Rig.ADDRESS + ",bind=igb_uio", TestFunction.BAR0));

        assertThat(rig.ports.ports()).hasSize(1);
    }

    @Test
    void shouldRefuseOtherDevargs() throws Exception {
        assertProbeFails(rig.function(Rig.ADDRESS + ",queues=2", TestFunction.BAR0), "'queues'");
    }

    @Test
    void shouldNeedBar0() throws Exception {
        assertProbeFails(rig.function(Rig.ADDRESS), "no BAR0 of 128 KiB of memory");
        assertProbeFails(rig.function(Rig.ADDRESS, new Bar(0, 0xc000, 32, false, false)),
                "no BAR0 of 128 KiB of memory");
    }

    @ParameterizedTest
    @EnumSource
    void shouldSayThatItIsNotThere(Fake82574.Vanished as) throws Exception {
        rig.chip.vanish(as);
        TestFunction function = rig.function();
        function.identity = Optional.empty();

        assertProbeFails(function, "it was pulled out");
    }

    @Test
    void shouldSayWhereMemoryDecodingIsOff() throws Exception {
        rig.chip.vanish(Fake82574.Vanished.ALL_ONES);

        assertProbeFails("is memory decoding off?");
    }

    @Test
    void shouldGiveUpOnAResetThatIsNeverDone() throws Exception {
        useRigOfLimit(100);
        rig.chip.stuckReset = true;

        assertProbeFails("CTRL.RST is not done after 100 ms");
    }

    @ParameterizedTest
    @EnumSource
    void shouldNoticeThatItGoesInTheMiddleOfTheReset(Fake82574.Vanished as) throws Exception {
        rig.chip.vanishOn(E1000eRegs.CTRL, E1000eRegs.CTRL_RST, as);
        TestFunction function = rig.function();
        function.identity = Optional.of(-1);

        assertProbeFails(function, "it was pulled out");
    }

    /** What is written to a window without a device may well be read from it again. */
    @Test
    void shouldNotWaitForAResetOfWhatIsGone() throws Exception {
        TestFunction function = rig.function();
        function.identity = Optional.empty();
        long fastest = Long.MAX_VALUE;
        for (int round = 0; round < 3; round++) {
            rig.chip.stuckDma = true;
            rig.chip.vanishOn(E1000eRegs.CTRL,
                    E1000eRegs.CTRL_GIO_MASTER_DISABLE | E1000eRegs.CTRL_RST,
                    Fake82574.Vanished.ALL_ONES);
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
        useRigOfLimit(100);
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

    @Test
    void shouldLetGoTwice() throws Exception {
        TestFunction function = rig.attach();

        rig.driver.remove(function);
        rig.driver.remove(function);

        assertThat(rig.ports.ports()).isEmpty();
        rig.driver.probe(function);
        assertThat(rig.ports.ports()).hasSize(1);
    }

    @Test
    void shouldLetGoWhenItsServiceGoes() throws Exception {
        rig.start(rig.pool(1024));

        rig.driver.deactivate();

        assertThat(rig.ports.ports()).isEmpty();
        assertThat(rig.interrupts.open()).isZero();
        assertThat(rig.chip.busMaster).isFalse();
    }
}
