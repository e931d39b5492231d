// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.port;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hotbus.ethdev.MacAddress;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortState;
import io.hotbus.testpmd.rig.Rig;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What was set on a port by hand, when its device is pulled out and returns. */
class KeptSettingsTest {
    private Rig rig;

    @BeforeEach
    void start() throws Exception {
        rig = new Rig();
        rig.attach("wire0");
    }

    @AfterEach
    void stop() throws Exception {
        rig.close();
    }

    private Port port() {
        return rig.registry.port("wire0").orElseThrow();
    }

    private void goes() throws Exception {
        rig.pullOut("wire0");
        Rig.await(() -> rig.devices.find("wire0").isEmpty());
    }

    private void goesAndReturns() throws Exception {
        goes();
        rig.plugged("wire0");
        Rig.await(() -> rig.registry.port("wire0").filter(p -> p.rxQueueCount() != 0).isPresent());
        rig.control.settle();
    }

    @Test
    void shouldReceiveAllFramesAgain() throws Exception {
        port().setPromiscuous(true);

        goesAndReturns();

        assertThat(port().promiscuous()).isTrue();
        assertThat(rig.nic("wire0").isPromiscuous()).isTrue();
        port().setPromiscuous(false);
        goesAndReturns();
        assertThat(port().promiscuous()).isFalse();
    }

    @Test
    void shouldReceiveTheSameFramesAndHaveTheSameMtu() throws Exception {
        MacAddress other = new MacAddress(0x0200_0000_0077L);
        rig.ports.manager().stop(port());
        port().setMtu(9000);
        rig.ports.manager().start(port());
        port().changeRxFilter(filter -> filter.plus(other).withVlans(Set.of(7)));

        goesAndReturns();

        assertThat(port().mtu()).isEqualTo(9000);
        assertThat(port().rxFilter().addresses())
                .containsExactly(port().info().macAddress(), other);
        assertThat(rig.nic("wire0").filter()).isEqualTo(port().rxFilter());

        port().changeRxFilter(filter -> filter.withAddress(other).withAllVlans());
        goesAndReturns();
        assertThat(port().macAddress()).isEqualTo(other);
        assertThat(port().rxFilter().vlans()).isEmpty();
    }

    /** As when a driver is replaced and goes again while its port is being set up. */
    @Test
    void shouldKnowTheSettingsAlthoughAPortWentBeforeItHadThem() throws Exception {
        KeptSettings kept = new KeptSettings();
        rig.ports.manager().stop(port());
        kept.restore(port());
        port().setMtu(9000);
        kept.keep(port());
        goesAndReturns();
        rig.ports.manager().stop(port());
        Port before = port();
        before.setMtu(1500);
        goes();
        assertThatThrownBy(() -> kept.restore(before)).hasMessageContaining("is closed");
        kept.keep(before);

        rig.plugged("wire0");
        Rig.await(() -> rig.registry.port("wire0").filter(p -> p.rxQueueCount() != 0).isPresent());
        rig.control.settle();
        rig.ports.manager().stop(port());
        port().setMtu(1500);
        kept.restore(port());
        assertThat(port().mtu()).isEqualTo(9000);
    }

    @Test
    void shouldStayStopped() throws Exception {
        rig.ports.manager().stop(port());

        goesAndReturns();

        assertThat(port().state()).isEqualTo(PortState.STOPPED);
        rig.ports.manager().start(port());
        goesAndReturns();
        assertThat(port().state()).isEqualTo(PortState.STARTED);
    }

    @Test
    void shouldStayClosed() throws Exception {
        rig.ports.manager().close(port());

        goes();
        rig.plugged("wire0");
        rig.control.settle();

        assertThat(rig.devices.find("wire0")).isEmpty();
        rig.attach("wire0");
        assertThat(port().state()).isEqualTo(PortState.STARTED);
    }

    @Test
    void shouldBeginAnewAfterADetachByHand() throws Exception {
        port().setPromiscuous(true);
        rig.ports.manager().detach(port());

        rig.attach("wire0");

        assertThat(port().promiscuous()).isFalse();
    }
}
