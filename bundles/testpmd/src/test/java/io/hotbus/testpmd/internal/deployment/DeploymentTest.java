// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.deployment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hotbus.app.ServiceOptions;
import io.hotbus.app.UsageException;
import io.hotbus.eal.config.Settings;
import io.hotbus.ethdev.MacAddress;
import io.hotbus.ethdev.RssHash;
import io.hotbus.ethdev.RxOffload;
import io.hotbus.ethdev.TxOffload;
import io.hotbus.testpmd.Options;
import io.hotbus.testpmd.PortChoice;
import io.hotbus.testpmd.QueueSetup;
import io.hotbus.testpmd.Topology;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeploymentTest {
    @TempDir
    private Path folder;
    private Files files;

    @BeforeEach
    void makeFolder() {
        files = new Files(folder);
    }

    @Test
    void shouldReadADevice() throws Exception {
        Deployment deployment = files.device("up", "devargs = net_sim0,loopback=1", "port = 3",
                "rxq = 2", "rxd = 256", "mtu = 9000", "promisc = true", "allmulti=false",
                "mac = 02:00:00:00:00:07", "rx-offloads = vlan_strip ipv4-cksum",
                "tx-offloads = udp_cksum", "tx-vlan = 5", "tso = 1200", "rss = ip, ipv4_tcp",
                "stopped = true", "reattach = false", "link-check = true").read();

        assertThat(deployment.problems()).isEmpty();
        DeviceSpec spec = deployment.devices().get(0);
        assertThat(spec.name()).isEqualTo("net_sim0");
        assertThat(spec.devargs()).hasToString("net_sim0,loopback=1");
        assertThat(spec.number()).hasValue(3);
        assertThat(spec.reattach()).isFalse();
        assertThat(spec.linkCheck()).isTrue();
        assertThat(spec.plan().rxOffloads())
                .containsExactlyInAnyOrder(RxOffload.VLAN_STRIP, RxOffload.IPV4_CKSUM);
        assertThat(spec.plan().txOffloads())
                .containsExactlyInAnyOrder(TxOffload.UDP_CKSUM, TxOffload.VLAN_INSERT,
                        TxOffload.TCP_TSO);
        assertThat(spec.plan().txVlan()).isEqualTo(5);
        assertThat(spec.plan().tsoSegment()).isEqualTo(1200);
        PortChoice setup = spec.plan().setup();
        assertThat(setup.mtu()).hasValue(9000);
        assertThat(setup.promiscuous()).hasValue(true);
        assertThat(setup.allMulticast()).hasValue(false);
        assertThat(setup.address()).isEqualTo(MacAddress.parse("02:00:00:00:00:07"));
        assertThat(setup.rss().hashes())
                .containsExactlyInAnyOrder(RssHash.IPV4, RssHash.IPV6, RssHash.IPV4_TCP);
        assertThat(setup.stopped()).isTrue();
    }

    @Test
    void shouldTakeQueuesOfAllPortsWhereTheDeviceHasNone() throws Exception {
        files.device("a", "devargs = net_null0", "rxq = 2").device("b", "devargs = net_null1")
                .device("c", "devargs = net_failsafe0,dev(net_null2),dev(net_null3)");

        Deployment deployment = files.read("--rxd", "128");

        QueueSetup all = deployment.options().forwarding().queues();
        QueueSetup first = new QueueSetup(2, 2, 128, 512);
        assertThat(deployment.devices().get(0).plan(all).setup().queues()).hasValue(first);
        assertThat(deployment.devices().get(1).plan(all).setup().queues()).isEmpty();
        assertThat(deployment.queues(all)).containsExactly(first, all, all, all, all);
    }

    @Test
    void shouldNameEveryErrorOfADeviceWithItsLine() throws Exception {
        Deployment deployment = files.device("a", "# a device", "devargs = net_null0",
                "mtu = 70000", "rxd = 100", "promsic = true", "mac = 01:00:00:00:00:01",
                "rss = ip foo", "stopped = yes").read();

        String path = folder.resolve("io.hotbus.device-a.cfg").toString();
        assertThat(deployment.devices()).isEmpty();
        assertThat(deployment.problems()).extracting(Problem::report).containsExactlyInAnyOrder(
                path + ":3: error: mtu=70000: a number from 68 to 65535 is needed",
                path + ":4: error: rxd=100: a power of two is needed",
                path + ":5: error: promsic: there is no such setting (did you mean promisc?)",
                path + ":6: error: mac=01:00:00:00:00:01: a unicast address is needed, as in"
                        + " 02:00:00:00:00:01",
                path + ":7: error: rss=ip foo: 'foo' is none of ip, tcp, udp, ipv4, ipv4_tcp,"
                        + " ipv4_udp, ipv6, ipv6_tcp, ipv6_udp",
                path + ":8: error: stopped=yes: true or false is needed");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "mtu = 1500 | devargs=: a device is needed",
            "devargs = net_failsafe0,dev(net_sim0 | the parentheses do not match",
            "devargs = net_sim0 {a} | is not a device name"})
    void shouldNeedADevice(String line, String told) throws Exception {
        Deployment deployment = files.device("a", line).read();

        assertThat(deployment.devices()).isEmpty();
        assertThat(deployment.problems()).singleElement()
                .satisfies(problem -> assertThat(problem.text()).contains(told));
    }

    @Test
    void shouldRefuseTwoFilesForADeviceOrANumber() throws Exception {
        Deployment deployment = files.device("a", "devargs = net_null0")
                .device("b", "devargs = net_null0,size=1").device("c", "devargs = net_null1",
                        "port=1").device("d", "devargs = net_null2", "port=1")
                .device("e", "devargs = net_null3").read();

        assertThat(deployment.devices()).extracting(DeviceSpec::name).containsExactly("net_null3");
        assertThat(deployment.read()).hasSize(5);
        assertThat(deployment.problems()).hasSize(4).extracting(Problem::text)
                .contains("port=1: %s has that number, too".formatted(
                        folder.resolve("io.hotbus.device-c.cfg")));
    }

    @Test
    void shouldReadForwardingAsOnTheCommandLine() throws Exception {
        Options options = files.forwarding("forward-mode = macswap", "lcores = 1-2",
                "nb-cores = 2", "port-topology = chained", "rxq = 4", "burst = 16",
                "flush-rx = true", "no-reattach = false", "txpkts = 64,128",
                "eth-peer = 0,02:00:00:00:00:01 1,02:00:00:00:00:02").read().options();

        assertThat(options).isEqualTo(new Files(folder).read("--forward-mode=macswap", "-l",
                "1-2", "--nb-cores", "2", "--port-topology", "chained", "--rxq", "4", "--burst",
                "16", "--flush-rx", "--txpkts", "64,128", "--eth-peer", "0,02:00:00:00:00:01",
                "--eth-peer", "1,02:00:00:00:00:02").options());
        assertThat(options.forwarding().topology()).isEqualTo(Topology.CHAINED);
        assertThat(options.forwarding().peers()).hasSize(2);
    }

    @Test
    void shouldPreferTheCommandLine() throws Exception {
        Options options = files.forwarding("rxq = 4", "burst = 16")
                .read("--rxq", "2", "--vdev", "net_null0").options();

        assertThat(options.forwarding().queues().rx()).isEqualTo(2);
        assertThat(options.forwarding().burst()).isEqualTo(16);
        assertThat(options.vdevs()).containsExactly("net_null0");
        assertThatThrownBy(() -> files.read("--rxq", "99")).isInstanceOf(UsageException.class);
    }

    @Test
    void shouldNameEveryErrorOfForwardingWithItsLine() throws Exception {
        Deployment deployment = files.forwarding("burts = 32", "rxq=99", "flush-rx = yes",
                "lcores = 0,x", "tx-ip = 1.2.3.4", "vdev = net_null0", "forward-mode = mac",
                "noisy-lkup-num-reads = 1").read();

        String path = folder.resolve("io.hotbus.forwarding.cfg").toString();
        assertThat(deployment.good()).isFalse();
        assertThat(deployment.problems()).extracting(Problem::report)
                .contains(path + ":1: error: burts: there is no such setting (did you mean burst?)",
                        path + ":2: error: rxq=99: a number from 1 to 64 is needed",
                        path + ":3: error: flush-rx=yes: true or false is needed",
                        path + ":4: error: lcores=0,x: CPU numbers are needed, as in 1,3-5",
                        path + ":5: error: tx-ip=1.2.3.4: two IPv4 addresses are needed, as in"
                                + " 198.18.0.1,198.18.0.2")
                .anyMatch(text -> text.startsWith(path + ":6: error: vdev: there is no such"))
                .anyMatch(text -> text.contains("noisy-lkup-memory is needed, too")).hasSize(7);
    }

    @Test
    void shouldTellWhatTheReaderOfFilesCouldNotUse() throws Exception {
        Path path = folder.resolve("io.hotbus.forwarding.cfg");
        java.nio.file.Files.write(path, List.of("rxq=1", "burst=1", "rxq=2"));
        files.all().add(new ConfiguredFile(ForwardingFile.PID, Optional.empty(), Map.of(
                Settings.FLAW, path + " rxq is given twice: put all its values in one line",
                "felix.fileinstall.filename", path.toUri().toString())));

        Deployment deployment = files.read();

        assertThat(deployment.good()).isFalse();
        assertThat(deployment.problems()).extracting(Problem::report).containsExactly(
                path + ":3: error: rxq is given twice: put all its values in one line");
    }

    @Test
    void shouldCheckWhatEveryCommandHas() throws Exception {
        Deployment deployment = files.add(ServiceOptions.PID, Optional.empty(),
                ServiceOptions.PID, "metrics = x").read();

        assertThat(deployment.problems()).singleElement().satisfies(problem ->
                assertThat(problem.report()).contains(".cfg:1: error: metrics=x: a port from 1"));
    }

    @Test
    void shouldAttachInTheSameOrderWhateverTheOrderOfFiles() throws Exception {
        files.device("1", "devargs = net_bonding0,member=net_null10")
                .device("2", "devargs = net_null10").device("3", "devargs = net_null2")
                .device("4", "devargs = 0000:03:00.0,bind=vfio-pci")
                .device("5", "devargs = net_failsafe0,dev(net_null2,size=1)");

        assertThat(DeviceOrder.of(files.read().devices())).extracting(DeviceSpec::name)
                .containsExactly("0000:03:00.0", "net_null2", "net_null10", "net_bonding0",
                        "net_failsafe0");
    }
}
