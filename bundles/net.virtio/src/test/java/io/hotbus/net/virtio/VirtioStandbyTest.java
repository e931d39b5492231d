// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.virtio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.ethdev.Standby;
import io.hotbus.pmd.virtio.VirtioFeature;
import io.hotbus.testkit.pci.TestFunction;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A device that offers to stand in for another one. */
final class VirtioStandbyTest extends VirtioTests {
    @Override
    protected void prepare() {
        rig.chip.offered |= VirtioFeature.STANDBY;
        rig.chip.resetByOthers();
    }

    private void attach(String arguments) throws DeviceException {
        TestFunction function = rig.function(Rig.ADDRESS + arguments);
        rig.driver.probe(function);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ",standby=auto"})
    void shouldAcceptTheRole(String arguments) throws Exception {
        attach(arguments);
        assertThat(rig.port().info().standby()).contains(new Standby(Optional.empty()));

        rig.start(pool);
        assertThat(rig.chip.accepted & VirtioFeature.STANDBY).isNotZero();
    }

    @Test
    void shouldRefuseTheRole() throws Exception {
        attach(",standby=off");
        assertThat(rig.port().info().standby()).isEmpty();

        rig.start(pool);
        assertThat(rig.chip.accepted).isNotZero();
        assertThat(rig.chip.accepted & VirtioFeature.STANDBY).isZero();
    }

    @Test
    void shouldHaveNoRoleWhereNoneIsOffered() throws Exception {
        rig.chip.offered &= ~VirtioFeature.STANDBY;
        rig.chip.resetByOthers();
        attach(",standby=auto");

        assertThat(rig.port().info().standby()).isEmpty();
        rig.start(pool);
        assertThat(rig.chip.accepted & VirtioFeature.STANDBY).isZero();
    }

    @Test
    void shouldSayWhichDeviceItStandsInFor() throws Exception {
        attach(",primary(0000:02:00.0,bind=vfio-pci)");

        assertThat(rig.port().info().standby()).contains(
                new Standby(Optional.of(Devargs.parse("0000:02:00.0,bind=vfio-pci"))));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "standby=on|standby=on: auto or off is needed",
        "standby|standby=: auto or off is needed",
        "primary=0000:02:00.0|primary=0000:02:00.0: primary(...) is needed",
        "primary()|primary():",
        "primary(a),primary(b)|primary is given twice",
        "standby=off,primary(0000:02:00.0)|primary(...) is of no use with standby=off",
        "role=standby|unknown devarg 'role' (known: bind, primary, standby)",
    })
    void shouldRefuseWrongDevargs(String arguments, String why) {
        assertThatThrownBy(() -> attach("," + arguments)).isInstanceOf(DeviceException.class)
                .hasMessageContaining(Rig.ADDRESS).hasMessageContaining(why);
    }
}
