// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hotbus.cli.Shell;
import io.hotbus.ethdev.Port;
import io.hotbus.testpmd.rig.Rig;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The verbs that set how packets are forwarded, and what ports are to do. */
class ForwardCommandTest {
    private Rig rig;
    private Shell commands;

    @BeforeEach
    void start() throws Exception {
        rig = new Rig();
        commands = CommandAccess.commands(rig, () -> { });
        rig.attach(4);
    }

    @AfterEach
    void stop() throws Exception {
        rig.close();
    }

    private String run(String line) throws Exception {
        return commands.run(Arrays.asList(line.split(" ")), Path.of(""));
    }

    private void assertFails(String line, String why) {
        assertThatThrownBy(() -> run(line)).hasMessage(why);
    }

    @Test
    void shouldForwardOnTheLcoresThatAreSet() throws Exception {
        assertThat(run("set nbcore 2")).isEqualTo("Number of forwarding cores set to 2");
        assertThat(run("show config cores")).isEqualTo("List of forwarding lcores:  2 3");
        assertThat(run("set corelist 1,3")).isEqualTo("Number of forwarding cores set to 2");
        run("start tx_first");
        assertThat(rig.forwarder.lcores()).containsExactly(
                "lcore-1 (CPU 1), 2 stream(s)", "lcore-3 (CPU 3), 2 stream(s)");
        rig.awaitTrafficFrom("wire0");
        run("stop");
        run("set coremask 0x4");
        run("start");
        assertThat(rig.forwarder.lcores()).containsExactly("lcore-2 (CPU 2), 4 stream(s)");
        rig.awaitTrafficFrom("wire3");
        assertFails("set nbcore 7",
                "--nb-cores 7: only 1 CPU(s) can forward: [2] (see -l)");
        assertFails("set corelist 9",
                "-l: CPU 9 is not available to this process, these are: [0, 1, 2, 3]");
    }

    @Test
    void shouldForwardOnThePortsThatAreSet() throws Exception {
        assertThat(run("set portlist 2,0")).isEqualTo("Number of forwarding ports set to 2");
        assertThat(run("show config fwd")).contains("ports=2", "P=2/Q=0 (socket 0) -> TX P=0/Q=0");
        run("set portmask 0x8");
        assertThat(run("show config fwd")).contains("ports=1", "P=3/Q=0 (socket 0) -> TX P=3/Q=0");
        run("set nbport 3");
        assertThat(run("show config fwd")).contains("ports=3", "P=2/Q=0 (socket 0) -> TX P=2/Q=0");
        assertFails("set nbport 5", "nb ports 5: there are 4 ports");
        assertFails("set portlist 9",
                "no port '9', there are: 0 (wire0), 1 (wire1), 2 (wire2), 3 (wire3)");
        run("set default");
        assertThat(run("show config fwd")).contains("ports=4");
    }

    @Test
    void shouldConfigurePortsAgainAtTheirNextStart() throws Exception {
        Port port = rig.registry.port("wire0").orElseThrow();
        assertFails("port config all rxq 2",
                "port 0 (wire0): is started ('port stop 0' or 'port stop all' first)");
        run("port stop all");
        run("port config all rxq 2");
        run("port config all txq 2");
        run("port config all rxd 128");
        assertThat(run("port config all max-pkt-len 1618")).contains("an MTU of 1600");
        assertThat(port.rxQueueCount()).isOne();
        run("port start all");
        assertThat(port.rxQueueCount()).isEqualTo(2);
        assertThat(port.mtu()).isEqualTo(1600);
        assertThat(run("start tx_first")).contains("streams=8", "P=0/Q=1");
        rig.awaitTrafficFrom("wire0");
        assertThat(run("show config rxtx")).contains("RX queue number: 2 Tx queue number: 2",
                "    RX queue: 1\n      RX desc=128", "nb forwarding ports=4");
        assertThat(run("stop")).contains(
                "  ------- Forward Stats for RX Port= 0/Queue= 1 -> TX Port= 1/Queue= 1 -------");
        run("port stop all");
        assertFails("port config all rxd 100", "rxd: 100: a power of two is needed");
    }

    @Test
    void shouldGenerateWhatIsSet() throws Exception {
        assertThat(run("set txpkts 64,100")).isEqualTo("Generated packets have 164 bytes");
        assertThat(run("show config txpkts")).isEqualTo(
                "Number of segments: 2\nSegment sizes: 64,100\nSplit packet: off");
        assertThat(run("set burst 16")).isEqualTo("Number of packets per burst set to 16");
        run("start tx_first 2");
        rig.awaitTrafficFrom("wire0");
        run("stop");
        assertThat(rig.forwarder.statistics()).allSatisfy(
                stream -> assertThat(stream.injected()).isEqualTo(32));
        assertThat(rig.registry.port("wire0").orElseThrow().stats()).satisfies(stats ->
                assertThat(stats.txBytes()).isEqualTo(164 * stats.txPackets()));
        assertFails("set txpkts 20", "txpkts [20]: at most 255 lengths are needed, together at "
                + "most 65535 bytes, the first at least 42, which the headers take");
        run("set txpkts 3000");
        assertThatThrownBy(() -> run("start tx_first"))
                .hasMessageContaining("a segment of 3000 bytes does not fit into a buffer of 2048");
        assertThat(rig.forwarder.running()).isFalse();
    }

    @Test
    void shouldAskTheFirstPortForTheBurst() throws Exception {
        assertThat(run("set burst 0")).isEqualTo("Number of packets per burst set to 24");
        rig.settings.change(config -> config.withBurst(0));
        run("start tx_first");
        run("stop");
        assertThat(rig.forwarder.statistics()).allSatisfy(
                stream -> assertThat(stream.injected()).isEqualTo(24));
    }

    @Test
    void shouldForwardTheFirstFrameUnlessTheQueuesAreFlushed() throws Exception {
        run("set portlist 0");
        run("start tx_first");
        run("stop");
        run("set portlist 1");
        run("start");
        Rig.await(() -> rig.sentFrom("wire1") >= 32);
        run("stop");
        run("set flush_rx on");
        run("set portlist 0");
        run("start");
        run("stop");
        assertThat(rig.sentFrom("wire0")).isZero();
    }

    @Test
    void shouldCountFromZeroWhenCleared() throws Exception {
        run("set portlist 0,1");
        run("start tx_first");
        rig.awaitTrafficFrom("wire0");
        run("stop");
        run("clear fwd stats all");
        assertThat(run("show fwd stats all")).contains(
                "  TX-packets: 0              TX-dropped: 0             TX-total: 0");
        assertThat(rig.sentFrom("wire0")).isZero();
    }

    @Test
    void shouldRefuseWhatADeviceCannotDo() throws Exception {
        run("port stop 0");
        assertThat(run("show port 0 rx_offload capabilities")).isEqualTo(
                "Rx Offloading Capabilities of port 0 :\n  Per Queue :\n  Per Port  :\n");
        assertThat(run("show port wire0 tx_offload configuration")).isEqualTo(
                "Tx Offloading Configuration of port 0 :\n  Port :\n  Queue[ 0] :\n");
        assertFails("port config 0 rx_offload vlan_strip on",
                "port 0 (wire0): rx offload vlan_strip: not supported by net_wire");
        assertFails("csum set ip hw 0",
                "port 0 (wire0): tx offload ipv4_cksum: not supported by net_wire");
        assertFails("tx_vlan set 0 5",
                "port 0 (wire0): tx offload vlan_insert: not supported by net_wire");
        assertFails("port config 0 tx_offload warp on", "tx offload 'warp': no device here has it, "
                + "these are known: vlan_insert, ipv4_cksum, udp_cksum, tcp_cksum, tcp_tso");
        assertFails("tso set 1460 0",
                "port 0 (wire0): tx offload tcp_tso: not supported by net_wire");
        assertFails("tso set 65536 0", "BYTES: '65536' is not a number from 0 to 65535");
        assertThat(run("tso set 0 0")).isEqualTo(run("tso show 0"))
                .isEqualTo("TSO for non-tunneled packets is disabled");
        assertFails("csum parse-tunnel on 0",
                "port 0 (wire0): the engine csum does not look into tunnels");
        assertThat(run("csum set ip sw 0")).startsWith("Parse tunnel is off\nIP checksum offload");
        assertFails("set link-down port 0",
                "port 0 (wire0): setting the link: not supported by net_wire");
    }

    @Test
    void shouldShowPortsInALineEachAndTheirAddresses() throws Exception {
        assertThat(run("show port summary 0")).isEqualTo("""
                Number of available ports: 4
                Port MAC Address       Name         Driver         Status   Link
                0    02:00:00:00:00:30 wire0        net_wire       up       10 Gbps""");
        assertThat(run("show port 0 macs"))
                .isEqualTo("Number of MAC address added: 1\n  02:00:00:00:00:30");
        assertThat(run("set eth-peer 1 02:00:00:00:00:99"))
                .isEqualTo("The peer of port 1 (wire1) is 02:00:00:00:00:99");
        assertThat(run("show config fwd")).contains("TX P=1/Q=0 (socket 0) peer=02:00:00:00:00:99");
    }
}
