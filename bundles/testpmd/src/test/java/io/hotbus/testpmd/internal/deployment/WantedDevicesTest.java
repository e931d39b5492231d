// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortState;
import io.hotbus.testpmd.internal.deployment.DeviceStatus.State;
import io.hotbus.testpmd.rig.Rig;
import io.hotbus.testpmd.rig.WireNic;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WantedDevicesTest {
    @TempDir
    private Path folder;
    private Rig rig;
    private WantedDevices wanted;

    @BeforeEach
    void open() throws Exception {
        rig = new Rig();
        wanted = new WantedDevices(rig.platform.manager(), rig.registry, rig.ports.manager(),
                rig.ports.policy(), rig.settings);
    }

    @AfterEach
    void close() throws Exception {
        wanted.close();
        rig.close();
    }

    private Files files() {
        return new Files(folder);
    }

    private void follow(Files files) throws Exception {
        Deployment deployment = files.read();
        assertThat(deployment.problems()).isEmpty();
        wanted.follow(deployment.devices(), rig.settings.config().queues());
        rig.control.settle();
    }

    private Port port(String name) {
        return rig.registry.port(name).orElseThrow();
    }

    private DeviceStatus status(String name) {
        return wanted.status().stream().filter(one -> one.name().equals(name)).findFirst()
                .orElseThrow();
    }

    @Test
    void shouldSetUpWhatAFileSaysAndTakeItDownWithTheFile() throws Exception {
        rig.forwarder.start(1);
        follow(files().device("a", "devargs = wire0", "mtu = 2000", "rxq = 2", "promisc = true")
                .device("b", "devargs = wire1"));

        Port port = port("wire0");
        assertThat(port.state()).isEqualTo(PortState.STARTED);
        assertThat(port.mtu()).isEqualTo(2000);
        assertThat(port.rxQueueCount()).isEqualTo(2);
        assertThat(port.promiscuous()).isTrue();
        assertThat(port("wire1").rxQueueCount()).isOne();
        assertThat(rig.nic("wire0").calls()).as("started once, as it is to be")
                .containsOnlyOnce("start").doesNotContain("stop");
        assertThat(wanted.status()).allMatch(one -> one.state() == State.IN_STEP);
        rig.awaitTrafficFrom("wire0");

        follow(files().device("b", "devargs = wire1"));

        assertThat(rig.registry.port("wire0")).isEmpty();
        assertThat(rig.devices.find("wire0")).isEmpty();
        assertThat(wanted.status()).hasSize(1);
    }

    @Test
    void shouldRestartOnlyThePortThatChanged() throws Exception {
        rig.forwarder.start(1);
        Files before = files().device("a", "devargs = wire0").device("b", "devargs = wire1")
                .device("c", "devargs = wire2,loopback=1");
        follow(before);
        rig.awaitTrafficFrom("wire2");
        List<WireNic> others = List.of(rig.nic("wire1"), rig.nic("wire2"));

        follow(files().device("a", "devargs = wire0", "mtu = 3000")
                .device("b", "devargs = wire1").device("c", "devargs = wire2,loopback=1"));

        assertThat(port("wire0").mtu()).isEqualTo(3000);
        assertThat(rig.nic("wire0").calls()).contains("stop");
        assertThat(others).allSatisfy(
                nic -> assertThat(nic.calls()).doesNotContain("stop").containsOnlyOnce("start"));
        rig.awaitTrafficFrom("wire2");

        follow(files().device("a", "devargs = wire0", "mtu = 3000", "promisc = true")
                .device("b", "devargs = wire1").device("c", "devargs = wire2,loopback=1"));

        assertThat(port("wire0").promiscuous()).isTrue();
        assertThat(rig.nic("wire0").calls()).as("no stop for a filter").containsOnlyOnce("stop");

        follow(before);

        assertThat(port("wire0").mtu()).isEqualTo(1500);
        assertThat(port("wire0").promiscuous()).isFalse();
    }

    @Test
    void shouldLeaveAPortAsItWasWhoseDeviceRefuses() throws Exception {
        rig.forwarder.start(1);
        follow(files().device("a", "devargs = wire0,loopback=1", "mtu = 2000"));

        follow(files().device("a", "devargs = wire0,loopback=1", "mtu = 9500"));

        assertThat(port("wire0").mtu()).isEqualTo(2000);
        assertThat(rig.nic("wire0").calls()).doesNotContain("stop");
        assertThat(status("wire0").state()).isEqualTo(State.DIFFERS);
        assertThat(status("wire0").reasons()).singleElement().asString()
                .contains("mtu=9500: from 68 to 9000 is possible");

        follow(files().device("a", "devargs = wire0,loopback=1", "mtu = 4000"));

        assertThat(port("wire0").mtu()).isEqualTo(4000);
        assertThat(status("wire0").state()).isEqualTo(State.IN_STEP);
    }

    @Test
    void shouldKeepWhatWasDoneByHandUntilTheFileChanges() throws Exception {
        Files files = files().device("a", "devargs = wire0", "promisc = false")
                .device("b", "devargs = wire1");
        follow(files);
        port("wire0").setPromiscuous(true);
        rig.ports.manager().stop(port("wire0"));
        rig.ports.manager().detach(port("wire1"));
        rig.control.settle();

        follow(files);
        wanted.retry();

        assertThat(port("wire0").promiscuous()).isTrue();
        assertThat(port("wire0").state()).isEqualTo(PortState.STOPPED);
        assertThat(rig.registry.port("wire1")).isEmpty();
        assertThat(status("wire0").reasons())
                .contains("promisc is true, wanted false", "stopped is true, wanted false");
        assertThat(status("wire1").state()).isEqualTo(State.DIFFERS);

        follow(files().device("a", "devargs = wire0", "promisc = false", "mtu = 1400")
                .device("b", "devargs = wire1", "mtu = 1400"));

        assertThat(port("wire0").promiscuous()).isFalse();
        assertThat(wanted.status()).allMatch(one -> one.state() == State.IN_STEP);
    }

    @Test
    void shouldWaitForADeviceThatIsNotThereAndKeepItsNumber() throws Exception {
        rig.devices.failToAttach(2);
        rig.forwarder.start(1);
        follow(files().device("a", "devargs = wire0", "mtu = 1400")
                .device("b", "devargs = wire1"));
        rig.forwarder.expect(wanted.numbers());

        assertThat(status("wire0").state()).isEqualTo(State.WAITING);
        assertThat(status("wire0").reasons()).containsExactly("wire0: not there yet");
        assertThat(rig.registry.ports()).isEmpty();

        rig.devices.failToAttach(0);
        wanted.hurry("wire1");
        wanted.retry();

        assertThat(port("wire1").id()).as("the number it has with both").isOne();
        assertThat(rig.forwarder.statistics()).as("nothing is sent back to its sender").isEmpty();

        wanted.hurry("wire0");
        wanted.retry();

        assertThat(port("wire0").id()).isZero();
        assertThat(port("wire0").mtu()).isEqualTo(1400);
        rig.awaitTrafficFrom("wire0");
    }

    @Test
    void shouldKeepToTheFilesAfterARemoval() throws Exception {
        follow(files().device("a", "devargs = wire0", "mtu = 1400"));

        rig.pullOut("wire0");
        rig.control.settle();
        assertThat(status("wire0").state()).isEqualTo(State.WAITING);
        follow(files().device("a", "devargs = wire0", "mtu = 1300"));
        wanted.hurry("wire0");
        wanted.retry();
        rig.control.settle();

        assertThat(port("wire0").mtu()).isEqualTo(1300);
        assertThat(status("wire0").state()).isEqualTo(State.IN_STEP);

        rig.pullOut("wire0");
        rig.plugged("wire0");
        Rig.await(() -> rig.registry.port("wire0").isPresent());
        rig.control.settle();
        assertThat(port("wire0").mtu()).isEqualTo(1300);
    }

    @Test
    void shouldNotAttachAgainWhatIsNotToBe() throws Exception {
        follow(files().device("a", "devargs = wire0", "reattach = false"));

        rig.pullOut("wire0");
        rig.plugged("wire0");
        rig.control.settle();
        wanted.retry();

        assertThat(rig.registry.ports()).isEmpty();
        assertThat(status("wire0").state()).isEqualTo(State.DIFFERS);
    }

    @Test
    void shouldAttachAnewWithOtherDevargs() throws Exception {
        follow(files().device("a", "devargs = wire0"));
        follow(files().device("a", "devargs = wire0,loopback=1"));

        assertThat(rig.devices.attached()).containsExactly("wire0", "wire0,loopback=1");
        assertThat(status("wire0").state()).isEqualTo(State.IN_STEP);
    }

    @Test
    void shouldNumberPortsAsFilesSayOrByName() throws Exception {
        follow(files().device("x", "devargs = wire3").device("y", "devargs = wire0", "port = 1")
                .device("z", "devargs = wire2"));

        assertThat(port("wire0").id()).isOne();
        assertThat(port("wire2").id()).isZero();
        assertThat(port("wire3").id()).isEqualTo(2);
        assertThat(wanted.numbers()).isEqualTo(Set.of(0, 1, 2));
    }
}
