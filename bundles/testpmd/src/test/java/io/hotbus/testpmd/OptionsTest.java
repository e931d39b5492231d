// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hotbus.app.Arguments;
import io.hotbus.app.UsageException;
import io.hotbus.ethdev.MacAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OptionsTest {
    private static Options of(String... words) throws UsageException {
        return Options.parse(Arguments.of(List.of(words)));
    }

    @Test
    void shouldHaveDefaults() throws Exception {
        Options options = of();

        assertThat(options.forwarding()).isEqualTo(FwdConfig.DEFAULT);
        assertThat(options.commandFile()).isEmpty();
        assertThat(options.removalEvents()).isTrue();
        assertThat(options.forwardMode()).isEqualTo("io");
        assertThat(options.startDevices()).isTrue();
        assertThat(options.hotPlug()).isTrue();
        assertThat(options.reattach()).isTrue();
        assertThat(options.autoStart()).isFalse();
        assertThat(options.txFirst()).isZero();
        assertThat(options.exec()).isEmpty();
        assertThat(options.devices()).isEmpty();
        assertThat(options.eventLog()).isEmpty();
    }

    @Test
    void shouldTakeWhatTestpmdTakes() throws Exception {
        Options options = of("-l", "1,3-4", "--nb-cores=2", "--rxq", "4", "--txq", "4", "--rxd=128",
                "--txd=256", "--total-num-mbufs=4096", "--mbuf-size=1024", "--burst=16",
                "--forward-mode=macswap", "--disable-device-start", "--auto-start", "--hot-plug",
                "--stats-period", "2", "--vdev", "net_null0", "--vdev", "net_null1",
                "--exec", "show config", "-a", "0000:03:00.0", "--allow=0000:01:00.0,bind=igb_uio",
                "--event-log", "events.jsonl");

        assertThat(options).isEqualTo(new Options(FwdConfig.DEFAULT
                .withLcores(List.of(1, 3, 4), 2).withQueues(new QueueSetup(4, 4, 128, 256))
                .withBurst(16), 4096, 1024, true, 0, "macswap", false, true, 0, true, true, true,
                Duration.ofSeconds(2), List.of("net_null0", "net_null1"), Optional.empty(),
                Optional.of("show config"),
                List.of("0000:03:00.0", "0000:01:00.0,bind=igb_uio"),
                Optional.of(Path.of("events.jsonl")), List.of()));
    }

    @Test
    void shouldTakeTestpmdsOptionsOfForwarding() throws Exception {
        FwdConfig config = of("--", "-i", "--coremask=0x6", "--portlist=1,0", "--port-topology",
                "chained", "--rxq=2", "--txq=1", "--flush-rx", "--txpkts=64,100",
                "--txonly-multi-flow", "--tx-ip=10.0.0.1,10.0.0.2", "--tx-udp=7,8",
                "--flowgen-flows=3", "--flowgen-clones=2", "--noisy-tx-sw-buffer-size=64",
                "--noisy-tx-sw-buffer-flushtime=5", "--noisy-lkup-memory=1",
                "--noisy-lkup-num-writes=2", "--noisy-lkup-num-reads=3",
                "--noisy-lkup-num-reads-writes=4", "--eth-peer=1,02:00:00:00:00:77",
                "--disable-link-check", "--no-lsc-interrupt", "--no-numa").forwarding();

        assertThat(config).isEqualTo(new FwdConfig(List.of(1, 2), 2, List.of(1, 0),
                Topology.CHAINED, new QueueSetup(2, 1, 512, 512), 32, true, 0,
                new TxFrames(List.of(64, 100), true, 0x0a000001, 0x0a000002, 7, 8), 3, 2,
                new Noise(64, 5, 1, 2, 3, 4),
                Map.of(1, MacAddress.parse("02:00:00:00:00:77").orElseThrow())));
        assertThat(config.peer(0)).hasToString("02:00:00:00:00:00");
        assertThat(of("--portmask=a").forwarding().ports()).containsExactly(1, 3);
        assertThat(of("--nb-ports=2").forwarding().ports()).containsExactly(0, 1);
        assertThat(of("--max-pkt-len=1518", "--no-rmv-interrupt", "--cmdline-file", "f"))
                .satisfies(options -> assertThat(options.maxPacket()).isEqualTo(1518))
                .satisfies(options -> assertThat(options.removalEvents()).isFalse())
                .satisfies(options -> assertThat(options.commandFile()).hasValue(Path.of("f")));
    }

    @Test
    void shouldAttachVirtualDevicesLastAndOthersInTheOrderGiven() throws Exception {
        assertThat(of("--allow", "0000:03:00.0", "--vdev=net_null1", "-a", "0000:02:00.0",
                "--vdev=net_null0", "--allow=0000:01:00.0").devices()).containsExactly(
                        "0000:03:00.0", "0000:02:00.0", "0000:01:00.0", "net_null1", "net_null0");
    }

    @Test
    void shouldForwardOnAllCpusThatAreNamed() throws Exception {
        assertThat(of("-l", "2,1").forwarding().nbCores()).isEqualTo(2);
        assertThat(of("-l", "2,1").forwarding().lcores()).containsExactly(1, 2);
    }

    @Test
    void shouldTakeTxFirstWithAndWithoutANumber() throws Exception {
        assertThat(of("--tx-first").txFirst()).isOne();
        assertThat(of("--tx-first", "--auto-start").txFirst()).isOne();
        assertThat(of("--tx-first", "3").txFirst()).isEqualTo(3);
        assertThatThrownBy(() -> of("--tx-first", "x")).isInstanceOf(UsageException.class)
                .hasMessage("--tx-first x: a number from 1 to 1024 is needed");
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "1-", "3-1", "-1", "1,,2", "", "1024"})
    void shouldRefuseWrongCpus(String cpus) {
        assertThatThrownBy(() -> of("-l=" + cpus)).isInstanceOf(UsageException.class)
                .hasMessageStartingWith("-l");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "--rxd=100|--rxd 100: a power of two is needed",
        "--txd=4|--txd 4: a number from 8 to 32768 is needed",
        "--burst=513|--burst 513: a number from 0 to 512 is needed",
        "--vdev|--vdev needs a value",
        "-a|-a needs a value",
        "--allow=|--allow needs a value",
        "--event-log|--event-log needs a value",
        "--event-log=a\0b|--event-log: is not a file name: Nul character not allowed: a\0b",
        "--auto-start=yes|--auto-start takes no value, but 'yes' follows it",
        "--coremask=0|--coremask 0: a hexadecimal mask of CPUs is needed, as in 0x3",
        "--portmask=xyz|--portmask xyz: a hexadecimal mask of ports is needed, as in 0x3",
        "--portlist=0,x|--portlist 0,x: port numbers are needed, as in 1,3-5",
        "--port-topology=ring|--port-topology ring: paired, chained or loop is needed",
        "--txpkts=20|--txpkts [20]: at most 255 lengths are needed, together at most 65535 bytes, "
                + "the first at least 42, which the headers take",
        "--tx-ip=10.0.0.1|--tx-ip 10.0.0.1: two IPv4 addresses are needed, as in "
                + "198.18.0.1,198.18.0.2",
        "--tx-udp=0|--tx-udp 0: one or two ports are needed, from 1 to 65535",
        "--noisy-tx-sw-buffer-size=3|--noisy-tx-sw-buffer-size 3: a power of two is needed, or 0",
        "--noisy-lkup-num-reads=1|--noisy-lkup-num-*: --noisy-lkup-memory is needed, too",
        "--eth-peer=02:00:00:00:00:01|--eth-peer 02:00:00:00:00:01: a port number and an address "
                + "are needed, as in 0,02:00:00:00:00:01",
    })
    void shouldSayWhatIsWrong(String word, String message) {
        assertThatThrownBy(() -> of(word)).isInstanceOf(UsageException.class).hasMessage(message);
    }

    @Test
    void shouldRefuseContradictions() {
        assertThatThrownBy(() -> of("--hot-plug", "--no-hot-plug"))
                .isInstanceOf(UsageException.class).hasMessageContaining("exclude");
        assertThatThrownBy(() -> of("--flush-rx", "--no-flush-rx"))
                .isInstanceOf(UsageException.class).hasMessageContaining("exclude");
        assertThatThrownBy(() -> of("-l", "1", "--coremask", "0x4"))
                .isInstanceOf(UsageException.class).hasMessageContaining("CPU 2 is not among");
        assertThatThrownBy(() -> of("-l", "1", "--nb-cores", "2"))
                .isInstanceOf(UsageException.class).hasMessageContaining("--nb-cores 2");
    }

    @Test
    void shouldKnowEveryOptionItReads() throws Exception {
        Arguments all = Arguments.of(Options.NAMES.stream().sorted().toList());
        all.allowOnly(Options.NAMES);
        assertThat(Options.NAMES).hasSize(52);
    }
}
