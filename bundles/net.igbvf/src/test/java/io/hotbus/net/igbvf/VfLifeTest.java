// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.igbvf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.ethdev.MacAddress;
import io.hotbus.ethdev.Port;
import io.hotbus.pmd.pci.NicPatience;
import io.hotbus.testkit.pci.NicLifeTests;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class VfLifeTest extends NicLifeTests<Rig> {
    private static final MacAddress OTHER = new MacAddress(0x525400aabbccL);

    @Override
    protected Rig newRig(Map<String, Object> settings, NicPatience patience) throws Exception {
        return new Rig(settings, patience);
    }

    @Override
    protected void assertStopped() {
        assertThat(rig.chip.get(0x2828)).as("RXDCTL").isZero();
        assertThat(rig.chip.get(0x3828)).as("TXDCTL").isZero();
    }

    @Test
    void shouldHaveTheAddressThatItWasGiven() throws Exception {
        assertThat(rig.driver.name()).isEqualTo("net_e1000_igb_vf");
        Port port = rig.start(pool);

        assertThat(port.macAddress()).hasToString("52:54:00:12:34:10");
        assertThat(rig.chip.message(VfMessage.SET_MAC)).isEmpty();
        assertThat(rig.chip.message(VfMessage.SET_LPE).orElseThrow()[1]).isEqualTo(1522);
    }

    @Test
    void shouldMakeItselfAnAddress() throws Exception {
        rig.chip.given = 0;
        Port port = rig.start(pool);

        long address = port.macAddress().value();
        assertThat(address >> 40 & 3).as("local, no group").isEqualTo(2);
        int[] message = rig.chip.message(VfMessage.SET_MAC).orElseThrow();
        assertThat(message[1] & 0xff).isEqualTo((int) (address >> 40));
        assertThat(message[2] >> 8 & 0xff).isEqualTo((int) address & 0xff);
        exchange(port, BURST);
    }

    @Test
    void shouldTakeAnotherAddressAtTheNextStart() throws Exception {
        Port port = rig.start(pool);
        rig.chip.given = OTHER.value();

        startAgain(port);

        assertThat(port.macAddress()).isEqualTo(OTHER);
        assertThat(rig.chip.message(VfMessage.SET_MAC)).isEmpty();
    }

    @Test
    void shouldKeepTheAddressOfTheApplication() throws Exception {
        Port port = rig.start(pool);
        port.changeRxFilter(filter -> filter.withAddress(OTHER));
        rig.chip.messages.clear();

        startAgain(port);

        assertThat(port.macAddress()).isEqualTo(OTHER);
        assertThat(rig.chip.message(VfMessage.SET_MAC)).isPresent();
    }

    @Test
    void shouldSayWhatIsRefused() throws Exception {
        Port port = rig.start(pool);
        rig.chip.refused = VfMessage.SET_MAC;

        assertThatThrownBy(() -> port.changeRxFilter(filter -> filter.withAddress(OTHER)))
                .isInstanceOf(DeviceException.class)
                .hasMessageContaining("refuses the address 52:54:00:AA:BB:CC");
        assertThat(port.macAddress()).hasToString("52:54:00:12:34:10");
    }

    @Test
    void shouldAskForGroupsAndVlans() throws Exception {
        Port port = rig.start(pool);

        port.changeRxFilter(filter -> filter.withGroups(Set.of(new MacAddress(0x01005e0000fbL)))
                .withVlans(Set.of(7)).withAllMulticast(true));

        int[] groups = rig.chip.message(VfMessage.SET_MULTICAST).orElseThrow();
        assertThat(groups[0] >> 16).isEqualTo(1);
        assertThat(groups[1]).isEqualTo(0xfb0);
        int[] vlan = rig.chip.message(VfMessage.SET_VLAN).orElseThrow();
        assertThat(vlan[0] >> 16).isEqualTo(1);
        assertThat(vlan[1]).isEqualTo(7);
        assertThat(rig.chip.message(VfMessage.SET_PROMISC).orElseThrow()[0] >> 16).isEqualTo(2);
        rig.chip.messages.clear();
        port.changeRxFilter(filter -> filter.withAllVlans());
        assertThat(rig.chip.messages).singleElement().satisfies(m -> {
            assertThat(m[0]).isEqualTo(VfMessage.SET_VLAN);
            assertThat(m[1]).isEqualTo(7);
        });
    }

    @Test
    void shouldSayThatThePhysicalFunctionIsDown() throws Exception {
        beginWithResetLimit(100);
        rig.chip.down = true;

        assertThat(Rig.eventually(() -> (rig.chip.get(VfRegs.V2PMAILBOX) & 0x40) != 0)).isTrue();
        assertProbeFails(rig.function(), "its physical function 0000:01:00.1 is down");
    }

    @Test
    void shouldSayThatThePhysicalFunctionDoesNotAnswer() throws Exception {
        beginWithResetLimit(100);
        rig.chip.mute = true;

        assertProbeFails(rig.function(), "does not answer a reset within 100 ms");
    }
}
