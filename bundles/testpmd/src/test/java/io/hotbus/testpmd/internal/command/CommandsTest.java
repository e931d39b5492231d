// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hotbus.cli.Shell;
import io.hotbus.cli.Words;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.ethdev.Port;
import io.hotbus.testpmd.rig.Rig;
import io.hotbus.testpmd.rig.RigFramework;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommandsTest {
    private final AtomicInteger exits = new AtomicInteger();
    private Rig rig;
    private Shell commands;

    @BeforeEach
    void start() throws Exception {
        rig = new Rig();
        commands = CommandAccess.commands(rig, exits::incrementAndGet);
    }

    @AfterEach
    void stop() throws Exception {
        rig.close();
    }

    private void assertFails(String line, String why) {
        assertThatThrownBy(() -> run(line)).hasMessage(why);
    }

    private String run(String line) throws Exception {
        List<String> words = Arrays.asList(line.split(" "));
        return commands.run(words, Path.of(""));
    }

    private void assertWrong(String line, String message) {
        assertThatThrownBy(() -> run(line)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @Test
    void shouldAttachAndDetachPorts() throws Exception {
        assertThat(run("port attach wire0,loopback=1"))
                .isEqualTo("Port 0 (wire0) is attached, started");
        run("port attach wire1");
        assertThat(run("port stop all"))
                .isEqualTo("Port 0 (wire0) is stopped\nPort 1 (wire1) is stopped");
        assertThat(run("port start 1")).isEqualTo("Port 1 (wire1) is started");
        assertThat(run("port close wire1")).isEqualTo("Port 1 (wire1) is closed");
        run("port start 0");
        assertFails("port detach 0", "port 0 (wire0): Port not stopped ('port stop 0' stops it; "
                + "'device detach wire0' stops, closes and detaches it)");
        assertThat(rig.forwarder.ports()).hasSize(1);
        run("port stop 0");
        assertThat(run("port detach all"))
                .isEqualTo("Port 0 (wire0) is detached\nPort 1 (wire1) is detached");
        assertThat(rig.devices.devices()).isEmpty();
    }

    @Test
    void shouldSayWhichPortsThereAre() throws Exception {
        assertWrong("port start 0", "there is no port, 'port attach DEVARGS' adds one");
        rig.attach(2);
        assertWrong("show port info 7", "no port '7', there are: 0 (wire0), 1 (wire1)");
    }

    @Test
    void shouldOfferWhatMayComeNext() throws Exception {
        rig.attach(2);

        assertThat(commands.candidates(List.of("port")))
                .containsExactly("attach", "close", "config", "detach", "reset", "start", "stop");
        assertThat(commands.candidates(List.of("show")))
                .containsExactly("config", "fwd", "lcores", "port");
        assertThat(commands.candidates(List.of("show", "port", "stats")))
                .containsExactly("0", "1", "all", "wire0", "wire1");
        assertThat(commands.candidates(List.of("start"))).containsExactly("tx_first");
        assertThat(commands.candidates(List.of("set", "reattach")))
                .containsExactly("off", "on");
        assertThat(commands.candidates(List.of("port", "strat"))).isEmpty();
        assertThat(commands.candidates(List.of("stop"))).isEmpty();
    }

    @Test
    void shouldSayHowAVerbMayBeUsed() {
        assertWrong("port strat 0", "'port strat 0' is not understood, valid: "
                + "port attach DEVARGS, port detach ID|NAME|all, port start ID|NAME|all, "
                + "port stop ID|NAME|all, port reset ID|NAME|all, port close ID|NAME|all, "
                + "port config mtu ID|NAME|all BYTES, "
                + "port config ID|NAME rx_offload|tx_offload OFFLOAD on|off, "
                + "port config all rxq|txq|rxd|txd COUNT, port config all burst COUNT, "
                + "port config all max-pkt-len BYTES");
        assertWrong("set reattach maybe",
                "'set reattach maybe' is not understood, valid: set reattach on|off");
        assertWrong("start tx_first many",
                "tx_first: 'many' is not a number from 1 to 1024");
        assertWrong("stop now", "'stop now' is not understood, valid: stop");
        assertWrong("set fwd warp", "'warp' is not a forwarding engine (there are: 5tswap, csum, "
                + "flowgen, icmpecho, io, mac, macswap, noisy, rxonly, txonly)");
        assertWrong("help warp", "'warp' is not a verb ('help' lists the verbs)");
    }

    @Test
    void shouldPassOnWhatIsWrongWithADevice() throws Exception {
        rig.attach(1);
        assertThatThrownBy(() -> run("port attach wire0")).isInstanceOf(DeviceException.class)
                .hasMessage("wire0: attached already");
        assertThatThrownBy(() -> run("port attach =")).isInstanceOf(DeviceException.class)
                .hasMessageContaining("is not a device name");
    }

    @Test
    void shouldStartAndStopForwarding() throws Exception {
        rig.attach("wire0");
        rig.attach("wire1,numa=1");
        String config = """
                io packet forwarding - ports=2 - cores=1 - streams=2 - NUMA support enabled, \
                MP allocation mode: native
                Logical Core 3 (socket 1) forwards packets on 2 streams:
                  RX P=0/Q=0 (socket 0) -> TX P=1/Q=0 (socket 1) peer=02:00:00:00:00:01
                  RX P=1/Q=0 (socket 1) -> TX P=0/Q=0 (socket 0) peer=02:00:00:00:00:00
                """;
        assertThat(run("show config fwd")).isEqualTo(config);
        assertThat(run("start tx_first 3")).isEqualTo(config);
        rig.awaitTrafficFrom("wire0");
        assertThat(run("show fwd stats all"))
                .contains("-- Forward statistics for port 0  --");

        assertThat(run("stop")).contains("-- Forward statistics for port 1  --",
                "RX-dropped: 0             RX-total: ", "TX-dropped: 0             TX-total: ",
                "++ Accumulated forward statistics for all ports++", "\n\nDone.");
        assertThatThrownBy(() -> run("stop")).isInstanceOf(IllegalStateException.class)
                .hasMessage("forwarding does not run");
        assertThat(run("show config")).startsWith(
                "io packet forwarding - ports=2 - cores=1 - streams=2");
    }

    @Test
    void shouldShowCountersAsTestpmdDoes() throws Exception {
        rig.attach(2);
        run("start tx_first");
        rig.awaitTrafficFrom("wire0");
        run("show port stats 0");
        rig.awaitTrafficFrom("wire0");
        String shown = run("show port stats 0");

        assertThat(shown).matches("(?s).*#### NIC statistics for port 0  \\(wire0\\) ####.*"
                + "RX-packets: [1-9]\\d* +RX-missed: 0 +RX-bytes:  [1-9].*"
                + "TX-packets: [1-9]\\d* +TX-errors: 0 .*Rx-pps: +[1-9].*Tx-bps: +[1-9].*####");
        run("stop");
        assertThat(run("clear port stats all")).isEqualTo("\n  NIC statistics for port 0 cleared\n"
                + "\n  NIC statistics for port 1 cleared");
        assertThat(run("show port stats all")).contains("RX-packets: 0 ", "port 1  (wire1)");
        assertThat(run("show port xstats 1"))
                .startsWith("###### NIC extended statistics for port 1\nrx_good_packets: 0\n")
                .endsWith("\nwire_length_m: 3");
    }

    @Test
    void shouldShowWhatAPortIs() throws Exception {
        run("port attach wire0,loopback=1");
        assertThat(run("show port info wire0")).contains("Infos for port 0",
                "Device name: wire0", "Bus: rig", "Devargs: wire0,loopback=1",
                "Driver name: net_wire", "MAC address: 02:00:00:00:00:30", "State: STARTED",
                "Link status: up", "Link speed: 10 Gbps", "Link duplex: full-duplex",
                "Promiscuous mode: disabled", "Current number of RX queues: 1",
                "Max possible RX queues: 4", "Max possible number of RXDs per queue: 1024");

        run("set promisc all on");
        assertThat(rig.nic("wire0").isPromiscuous()).isTrue();
        run("port stop all");
        assertThat(run("show port info all")).contains("State: STOPPED", "Link status: down",
                "Link speed: None", "Promiscuous mode: enabled");
    }

    @Test
    void shouldSetWhatAPortReceives() throws Exception {
        run("port attach wire0");
        assertThat(run("set allmulti 0 on")).isEqualTo("Allmulticast mode is on");
        assertThat(run("mac_addr set 0 02:00:00:00:00:77")).isEqualTo("Port 0 (wire0) receives "
                + "frames for 02:00:00:00:00:77, 0 group(s), all VLANs");
        run("mac_addr add 0 02:00:00:00:00:78");
        run("mac_addr remove 0 02:00:00:00:00:78");
        run("mcast_addr add 0 01:00:5e:00:00:01");
        run("vlan set filter on 0");
        run("rx_vlan add 7 0");
        assertThat(run("rx_vlan add 9 0")).isEqualTo("Port 0 (wire0) receives "
                + "frames for 02:00:00:00:00:77, 1 group(s), 2 VLAN(s)");
        assertThat(rig.nic("wire0").filter().vlans()).contains(new TreeSet<>(Set.of(7, 9)));
        run("rx_vlan rm all 0");
        assertThat(rig.nic("wire0").filter().vlans()).contains(new TreeSet<>());
        run("vlan set filter off 0");
        assertThat(run("show port info 0")).contains("MAC address: 02:00:00:00:00:77",
                "Allmulticast mode: enabled", "MTU: 1500");
    }

    @Test
    void shouldRefuseWhatCannotBeReceived() throws Exception {
        run("port attach wire0");
        assertFails("rx_vlan add 7 0", "port 0 (wire0): its VLAN filter is off, so the frames of "
                + "all VLANs are received ('vlan set filter on' turns it on)");
        assertFails("rx_vlan add 4096 0", "VLAN: '4096' is not a number from 0 to 4095");
        assertFails("mac_addr add 0 0200", "port 0 (wire0): '0200' is no address (e.g. "
                + "02:00:00:00:00:01)");
        assertFails("mac_addr add 0 01:00:5e:00:00:01",
                "port 0 (wire0): 01:00:5E:00:00:01 is not a unicast address");
        assertFails("mac_addr remove 0 02:00:00:00:00:30",
                "port 0 (wire0): 02:00:00:00:00:30 is the address of the port itself");
    }

    @Test
    void shouldResetAStartedPort() throws Exception {
        run("port attach wire0");
        assertThat(run("port reset 0")).isEqualTo("Port 0 (wire0) is reset");
        assertThat(rig.nic("wire0").calls()).containsExactly("start", "stop", "start");
        run("port stop 0");
        run("port reset 0");
        assertThat(rig.nic("wire0").calls()).hasSize(4);
    }

    @Test
    void shouldSetTheMtuOfAStoppedPort() throws Exception {
        run("port attach wire0");
        assertFails("port config mtu 0 9000",
                "port 0 (wire0): is started: its MTU can be set while it is stopped");
        run("port stop 0");
        assertThat(run("port config mtu 0 9000")).isEqualTo("Port 0 (wire0) is set to an MTU of "
                + "9000");
        assertFails("port config mtu 0 9001", "port 0 (wire0): MTU 9001: 68 to 9000 are possible");
        assertThat(run("show port info 0")).contains("MTU: 9000");
    }

    @Test
    void shouldSetPolicies() throws Exception {
        assertThat(run("set reattach off")).isEqualTo("Reattach is off");
        assertThat(rig.ports.policy().enabled()).isFalse();
        assertThat(run("set record-stalls on")).isEqualTo("Recording of stalls is on");
        assertThat(rig.forwarder.recordStalls()).isTrue();
        assertThat(run("set fwd rxonly")).isEqualTo("Set rxonly packet forwarding mode");
        assertThat(run("show lcores")).isEqualTo("No lcores yet: start forwarding");
        run("start");
        assertThat(run("show lcores")).matches("lcore-\\d+: busy \\d+\\.\\d %, "
                + "\\d+ polls, p50 \\d+\\.\\d us, p99.9 \\d+\\.\\d us, longest \\d+\\.\\d us");
        assertThat(run("set fwd io"))
                .isEqualTo("Set io packet forwarding mode, from the next start on");
        assertThat(run("show config")).contains("hot-plug on, reattach off, record-stalls on");
    }

    @Test
    void shouldListDevices() throws Exception {
        assertThat(run("device list")).startsWith("No device");
        run("device attach wire0");
        assertThat(run("device list"))
                .isEqualTo("wire0            rig    PROBED    port 0, driver net_wire");
        assertThat(run("device detach wire0")).isEqualTo("wire0 is detached");
        assertWrong("device detach wire0", "no device 'wire0' (device list shows those there are)");
        assertWrong("device yank wire0",
                "'wire0' cannot be pulled out or plugged in here, these can: ");
    }

    @Test
    void shouldWaitForARemovalAndTheReturn() throws Exception {
        rig.attach(2);
        run("start tx_first");
        assertThat(run("wait packets 1000 120")).matches("\\d{4,} packets were forwarded");
        assertThat(run("wait port wire0 started 120")).isEqualTo("Port wire0 is started");

        for (int i = 0; i < 3; i++) {
            rig.pullOut("wire0");
            assertThat(run("wait removal wire0 20")).isEqualTo("wire0 was removed and is detached");
            assertThat(run("wait port wire0 gone 120")).isEqualTo("Port wire0 is gone");
            rig.plugged("wire0");
            run("wait port wire0 started 120");
        }

        assertThatThrownBy(() -> run("wait removal wire0 1"))
                .hasMessage("wire0 was not removed after 1 s");
    }

    @Test
    void shouldNotWaitForWhatIsGivenUp() throws Exception {
        rig.attach(1);
        rig.pullOut("wire0");
        run("wait removal wire0 20");
        rig.devices.failToAttach(5);
        rig.plugged("wire0");

        assertThatThrownBy(() -> run("wait port wire0 started 3600"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("port wire0 is not started: wire0: not there yet");
    }

    @Test
    void shouldHelpWithALineForEveryUse() throws Exception {
        String help = run("help");
        assertThat(help.lines()).hasSizeGreaterThan(60)
                .allMatch(line -> line.matches("\\S.*  ?\\S.*"));
        assertThat(run("help quit"))
                .isEqualTo("quit                                   "
                        + "stop forwarding, detach all devices, and end");
    }

    @Test
    void shouldQuit() throws Exception {
        assertThat(run("quit")).isEqualTo("Bye");
        assertThat(exits).hasValue(1);
    }

    @Test
    void shouldNotEndAProcessThatTheLauncherDidNotStart(@TempDir Path cache) throws Exception {
        try (RigFramework karaf = new RigFramework(cache, "")) {
            QuitCommand quit = new QuitCommand(karaf.context());
            assertThatThrownBy(() -> quit.verbs().get(0).action().run(
                    new Words(List.of(), Path.of(""))))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("to be ended by its own means");
        }
    }

    @Test
    void shouldShowRemovedPortsAsSuch() throws Exception {
        Port port = rig.attach("wire0");
        rig.pullOut("wire0");
        rig.control.settle();

        assertThat(PortInfo.of(port).text()).contains("State: CLOSED, device removed");
    }
}
