// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hotbus.app.Arguments;
import io.hotbus.app.UsageException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
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

        assertThat(options.lcores()).isEmpty();
        assertThat(options.nbCores()).isOne();
        assertThat(options.queues()).isOne();
        assertThat(options.rxDescriptors()).isEqualTo(512);
        assertThat(options.txDescriptors()).isEqualTo(512);
        assertThat(options.burst()).isEqualTo(32);
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

        assertThat(options).isEqualTo(new Options(List.of(1, 3, 4), 2, 4, 128, 256, 4096, 1024, 16,
                "macswap", false, true, 0, true, true, Duration.ofSeconds(2),
                List.of("net_null0", "net_null1"), Optional.of("show config"),
                List.of("0000:03:00.0", "0000:01:00.0,bind=igb_uio"),
                Optional.of(Path.of("events.jsonl"))));
    }

    @Test
    void shouldAttachVirtualDevicesLastAndOthersInTheOrderGiven() throws Exception {
        assertThat(of("--allow", "0000:03:00.0", "--vdev=net_null1", "-a", "0000:02:00.0",
                "--vdev=net_null0", "--allow=0000:01:00.0").devices()).containsExactly(
                        "0000:03:00.0", "0000:02:00.0", "0000:01:00.0", "net_null1", "net_null0");
    }

    @Test
    void shouldStillBeMadeOfWhatItWasMadeOfAtFirst() throws Exception {
        assertThat(new Options(List.of(), 1, 1, 512, 512, 0, 2048, 32, "io", true, false, 0,
                true, true, Duration.ofSeconds(5), List.of(), Optional.empty())).isEqualTo(of());
    }

    @Test
    void shouldForwardOnAllCpusThatAreNamed() throws Exception {
        assertThat(of("-l", "2,1").nbCores()).isEqualTo(2);
        assertThat(of("-l", "2,1").lcores()).containsExactly(1, 2);
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
        "--burst=0|--burst 0: a number from 1 to 512 is needed",
        "--vdev|--vdev needs a value",
        "-a|-a needs a value",
        "--allow=|--allow needs a value",
        "--event-log|--event-log needs a value",
        "--event-log=a\0b|--event-log: is not a file name: Nul character not allowed: a\0b",
        "--auto-start=yes|--auto-start takes no value, but 'yes' follows it",
        "--txq=2|--rxq 1 and --txq 2: a port has as many transmit as receive queues",
    })
    void shouldSayWhatIsWrong(String word, String message) {
        // --txq alone would be taken for both if --rxq were not there
        String[] words = word.startsWith("--txq") ? new String[] {"--rxq=1", word}
                : new String[] {word};
        assertThatThrownBy(() -> of(words)).isInstanceOf(UsageException.class).hasMessage(message);
    }

    @Test
    void shouldRefuseContradictions() {
        assertThatThrownBy(() -> of("--hot-plug", "--no-hot-plug"))
                .isInstanceOf(UsageException.class).hasMessageContaining("exclude");
        assertThatThrownBy(() -> of("-l", "1", "--nb-cores", "2"))
                .isInstanceOf(UsageException.class).hasMessageContaining("--nb-cores 2");
    }

    @Test
    void shouldKnowEveryOptionItReads() throws Exception {
        Arguments all = Arguments.of(Options.NAMES.stream().sorted().toList());
        all.allowOnly(Options.NAMES);
        assertThat(Options.NAMES).hasSize(22);
    }
}
