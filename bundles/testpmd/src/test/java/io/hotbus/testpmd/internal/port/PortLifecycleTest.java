// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.port;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.bus.DeviceState;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortState;
import io.hotbus.testpmd.rig.Rig;
import io.hotbus.testpmd.rig.WireNic;
import org.junit.jupiter.api.Test;

class PortLifecycleTest {
    @Test
    void shouldConfigureStartAndForwardOnAPortItAttaches() throws Exception {
        try (Rig rig = new Rig("--rxq", "2", "--rxd", "128")) {
            Port port = rig.attach("wire0");

            assertThat(port.state()).isEqualTo(PortState.STARTED);
            assertThat(port.rxQueueCount()).isEqualTo(2);
            assertThat(rig.forwarder.ports()).containsExactly(port);
        }
    }

    @Test
    void shouldSetUpAPortThatSomeoneElseAttached() throws Exception {
        try (Rig rig = new Rig()) {
            rig.forwarder.start(0);
            rig.devices.attach(Devargs.parse("wire0,loopback=1"));
            rig.control.settle();

            assertThat(rig.registry.port("wire0").orElseThrow().state())
                    .isEqualTo(PortState.STARTED);
            assertThat(rig.forwarder.statistics()).hasSize(1);
            assertThat(rig.nic("wire0").calls()).containsExactly("start");
        }
    }

    @Test
    void shouldLeaveAPortStoppedIfToldSo() throws Exception {
        try (Rig rig = new Rig("--disable-device-start")) {
            Port port = rig.attach("wire0");
            assertThat(port.state()).isEqualTo(PortState.STOPPED);
            assertThat(port.rxQueueCount()).isOne();
            assertThat(rig.forwarder.ports()).isEmpty();

            rig.ports.manager().start(port);

            assertThat(port.state()).isEqualTo(PortState.STARTED);
            assertThat(rig.forwarder.ports()).containsExactly(port);
        }
    }

    @Test
    void shouldStopAPortUnderTrafficAndStartItAgain() throws Exception {
        try (Rig rig = new Rig()) {
            rig.attach(4);
            rig.forwarder.start(1);
            Port port = rig.registry.port("wire1").orElseThrow();

            for (int i = 0; i < 20; i++) {
                rig.awaitTrafficFrom("wire0");
                rig.ports.manager().stop(port);
                assertThat(port.state()).isEqualTo(PortState.STOPPED);
                rig.awaitTrafficFrom("wire2");
                rig.ports.manager().start(port);
            }
            rig.awaitTrafficFrom("wire1");
        }
    }

    @Test
    void shouldDetachOnceHoweverOftenItIsAsked() throws Exception {
        try (Rig rig = new Rig()) {
            Port port = rig.attach("wire0");
            WireNic nic = rig.nic("wire0");

            rig.ports.manager().detach(port);
            rig.ports.manager().detach(port);

            assertThat(port.device().state()).isEqualTo(DeviceState.DETACHED);
            assertThat(nic.calls()).containsExactly("start", "stop", "close");
            assertThat(rig.devices.devices()).isEmpty();
            assertThat(rig.forwarder.mbufsInUse()).isZero();
        }
    }

    @Test
    void shouldLetGoOfAPortWhoseDriverGoesUnderTraffic() throws Exception {
        try (Rig rig = new Rig()) {
            rig.attach(4);
            rig.forwarder.start(1);
            for (int i = 0; i < 20; i++) {
                rig.awaitTrafficFrom("wire0");
                WireNic nic = rig.nic("wire0");

                rig.devices.detach(rig.devices.device("wire0"));

                assertThat(nic.calls()).containsExactly("start", "stop", "close");
                assertThat(nic.misuse()).isEmpty();
                rig.awaitTrafficFrom("wire2");
                rig.devices.attach(Devargs.parse("wire0"));
                Rig.await(() -> rig.forwarder.ports().size() == 4);
            }
        }
    }

    @Test
    void shouldSetUpAPortAgainWhoseDeviceLostItsState() throws Exception {
        try (Rig rig = new Rig()) {
            rig.attach(2);
            rig.forwarder.start(1);
            Port port = rig.registry.port("wire0").orElseThrow();
            port.setPromiscuous(true);

            for (int resets = 1; resets <= 3; resets++) {
                rig.awaitTrafficFrom("wire1");
                rig.registry.resetNeeded(port);
                rig.control.settle();
                assertThat(rig.nic("wire0").calls()).hasSize(1 + 2 * resets);
            }

            assertThat(rig.nic("wire0").calls()).startsWith("start", "stop", "start", "stop");
            assertThat(port.state()).isEqualTo(PortState.STARTED);
            assertThat(port.promiscuous()).isTrue();
            assertThat(rig.forwarder.ports()).contains(port);
            assertThat(rig.nic("wire1").calls()).as("the other goes on").containsExactly("start");
            rig.awaitTrafficFrom("wire0");
        }
    }

    @Test
    void shouldNotStartAPortThatIsAnothers() throws Exception {
        try (Rig rig = new Rig()) {
            Port port = rig.attach("wire0");
            rig.ports.manager().stop(port);
            port.own("net_bonding0");

            assertThatThrownBy(() -> rig.ports.manager().start(port))
                    .isInstanceOf(DeviceException.class)
                    .hasMessage("port 0 (wire0): is owned by net_bonding0");
            assertThat(port.state()).isEqualTo(PortState.STOPPED);

            port.disown("net_bonding0");
            rig.ports.manager().start(port);
            assertThat(port.state()).isEqualTo(PortState.STARTED);
        }
    }

    @Test
    void shouldLeaveAPortStoppedWhoseDeviceLostItsState() throws Exception {
        try (Rig rig = new Rig()) {
            Port port = rig.attach("wire0");
            rig.ports.manager().stop(port);

            rig.registry.resetNeeded(port);
            rig.control.settle();

            assertThat(rig.nic("wire0").calls()).containsExactly("start", "stop");
            assertThat(port.state()).isEqualTo(PortState.STOPPED);
        }
    }

    @Test
    void shouldTakeADeviceForRemovedThatCannotBeSetUpAgain() throws Exception {
        try (Rig rig = new Rig()) {
            Port port = rig.attach("wire0");
            rig.nic("wire0").failToStart();

            rig.registry.resetNeeded(port);
            Rig.await(() -> rig.ports.remover().removals("wire0") == 1);

            assertThat(port.device().state()).isEqualTo(DeviceState.DETACHED);
            rig.plugged("wire0");
            Rig.await(() -> rig.registry.port("wire0")
                    .filter(p -> p.state() == PortState.STARTED).isPresent());
        }
    }

    @Test
    void shouldUndoAnAttachThatFails() throws Exception {
        try (Rig rig = new Rig()) {
            rig.devices.failToStart();

            assertThatThrownBy(() -> rig.attach("wire0")).isInstanceOf(DeviceException.class)
                    .hasMessage("wire0: does not start");

            assertThat(rig.devices.devices()).isEmpty();
            assertThat(rig.registry.ports()).isEmpty();
        }
    }

    @Test
    void shouldRefuseADeviceWithoutPort() throws Exception {
        try (Rig rig = new Rig()) {
            assertThatThrownBy(() -> rig.attach("wire0,portless"))
                    .isInstanceOf(DeviceException.class).hasMessageContaining("has no port");
            assertThat(rig.devices.devices()).isEmpty();
        }
    }

    @Test
    void shouldSayWhatAPortCannotDo() throws Exception {
        try (Rig rig = new Rig("--rxd", "2048")) {
            assertThatThrownBy(() -> rig.attach("wire0")).isInstanceOf(DeviceException.class)
                    .hasMessageContaining("2048 rx descriptors");
            assertThat(rig.devices.devices()).isEmpty();
        }
    }
}
