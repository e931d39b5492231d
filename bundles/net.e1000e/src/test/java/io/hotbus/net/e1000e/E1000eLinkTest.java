// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.e1000e;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.ethdev.Link;
import io.hotbus.ethdev.Port;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
final class E1000eLinkTest {
    private static final Link GIGABIT = new Link(true, 1000, true);

    private Rig rig;

    @BeforeEach
    void setUp() throws Exception {
        rig = new Rig();
    }

    @AfterEach
    void tearDown() throws Exception {
        rig.close();
        assertThat(rig.chip.violations()).isEmpty();
        assertThat(rig.reports).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"0x80083, 1000, true", "0x800c3, 1000, true", "0x80043, 100, true",
            "0x80002, 10, false"})
    void shouldSayWhatTheLinkIs(String status, int speed, boolean fullDuplex) {
        assertThat(E1000eDev.link(Integer.decode(status)))
                .isEqualTo(new Link(true, speed, fullDuplex));
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 0x80081})
    void shouldTakeTheLinkForDown(int status) {
        assertThat(E1000eDev.link(status)).isEqualTo(Link.DOWN);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldTellOfChanges(boolean byInterrupt) throws Exception {
        TestFunction function = rig.function();
        function.hasInterrupt = byInterrupt;
        rig.driver.probe(function);
        Port port = rig.port();
        assertThat(Rig.eventually(() -> port.link().equals(GIGABIT))).isTrue();
        assertThat(rig.looked(2)).isTrue();
        rig.linkChanges.clear();

        rig.chip.cable = false;
        assertThat(Rig.eventually(() -> rig.linkChanges.size() == 1)).isTrue();
        assertThat(port.link()).isEqualTo(Link.DOWN);

        rig.chip.cable = true;
        assertThat(Rig.eventually(() -> rig.linkChanges.size() == 2)).isTrue();
        assertThat(port.link()).isEqualTo(GIGABIT);
        assertThat(rig.looked(2)).isTrue();
        assertThat(rig.linkChanges).containsExactly(Rig.ADDRESS, Rig.ADDRESS);
    }

    @Test
    void shouldHaveTheInterruptAgainAfterAStart() throws Exception {
        Port port = rig.start(rig.pool(1024));
        assertThat(rig.chip.get(E1000eRegs.IVAR)).isEqualTo(E1000eRegs.IVAR_ALL_VECTOR_0);
        assertThat(Rig.eventually(() -> port.link().up())).isTrue();
        assertThat(rig.looked(2)).isTrue();

        // Told at once, before the watch looks of itself: in one of a few tries for certain.
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

    @Test
    void shouldTellNothingOnceItHasLetGo() throws Exception {
        TestFunction function = rig.attach();
        rig.detach(function);
        rig.linkChanges.clear();

        rig.chip.cable = false;

        assertThat(rig.interrupts.open()).isZero();
        rig.interrupts.drain();
        assertThat(rig.linkChanges).isEmpty();
    }
}
