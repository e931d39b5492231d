// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.failsafe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.ethdev.MacAddress;
import io.hotbus.pmd.members.MemberSource;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class FailsafeArgsTest {
    private static FailsafeArgs parse(String args) throws DeviceException {
        return FailsafeArgs.parse(Devargs.parse("net_failsafe0" + args));
    }

    private static Optional<Devargs> device(FailsafeArgs args, int index) throws DeviceException {
        return args.subDevices().get(index).devargs();
    }

    @Test
    void shouldKeepTheOrderOfPreferenceAndNestedArguments() throws DeviceException {
        FailsafeArgs args = parse(",dev(0000:03:00.0,bind=vfio-pci),"
                + "dev(net_failsafe1,dev(net_tap0,mac=fixed),dev(net_null0)),replay=off,"
                + "mac=02:00:00:00:00:07,hotplug_poll=100");

        assertThat(args.subDevices()).extracting(MemberSource::toString).containsExactly(
                "dev(0000:03:00.0,bind=vfio-pci)",
                "dev(net_failsafe1,dev(net_tap0,mac=fixed),dev(net_null0))");
        assertThat(device(args, 0).orElseThrow().get("bind", "")).isEqualTo("vfio-pci");
        assertThat(device(args, 1).orElseThrow().nested("dev"))
                .containsExactly("net_tap0,mac=fixed", "net_null0");
        assertThat(args.replay()).isFalse();
        assertThat(args.poll()).isEqualTo(Duration.ofMillis(100));
        assertThat(args.mac()).contains(new MacAddress(0x0200_0000_0007L));
    }

    @Test
    void shouldReplayAndPollByDefault() throws DeviceException {
        FailsafeArgs args = parse(",dev(net_null0)");

        assertThat(args.replay()).isTrue();
        assertThat(args.poll()).isEqualTo(Duration.ofSeconds(2));
        assertThat(args.mac()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "''                                | no sub-device is given",
            ",dev=net_null0                    | dev=net_null0: dev(...) is needed",
            ",dev(net null0)                   | 'net null0' is not a device name",
            ",dev(net_null0                    | the parentheses do not match",
            ",dev(net_null0))                  | the parentheses do not match",
            ",dev(net_null0)x                  | is not key=value",
            ",dev(mac=01:00:00:00:00:01)       | a unicast address is needed",
            ",dev(net_null0),mac=x             | mac=x: a unicast address is needed",
            ",dev(net_null0),replay=1          | replay=1: on or off is needed",
            ",dev(net_null0),hotplug_poll=0    | hotplug_poll=0: a number from 10",
            ",fd(x)                            | the number of an open descriptor is needed",
            ",slave(net_null0)                 | unknown devarg 'slave'"})
    void shouldSayWhatIsWrong(String args, String message) {
        assertThatExceptionOfType(DeviceException.class).isThrownBy(() -> parse(args))
                .withMessageContaining(message);
    }

    @Test
    void shouldAskACommand() throws DeviceException {
        FailsafeArgs args = parse(",exec(echo 'net_null7,size=128'; echo more),exec(true),"
                + "exec(echo '[')");

        assertThat(device(args, 0)).contains(Devargs.parse("net_null7,size=128"));
        assertThat(device(args, 1)).isEmpty();
        assertThatExceptionOfType(DeviceException.class).isThrownBy(() -> device(args, 2))
                .withMessageContaining("exec(echo '['): printed: devargs '['");
    }

    @Test
    void shouldTakeTheLastWholeLineOfADescriptor(@TempDir Path folder) throws Exception {
        Path fifo = folder.resolve("fifo");
        assertThat(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor()).isZero();
        // Read and write, so that the open does not wait for another end.
        try (RandomAccessFile file = new RandomAccessFile(fifo.toFile(), "rw")) {
            FailsafeArgs args = parse(",fd(" + number(fifo) + ")");
            assertThat(device(args, 0)).isEmpty();

            Files.writeString(fifo, "net_null1\nnet_null2\nnet_nu", StandardOpenOption.WRITE);
            assertThat(device(args, 0)).contains(Devargs.parse("net_null2"));
            Files.writeString(fifo, "ll3,size=70\n", StandardOpenOption.WRITE);
            assertThat(device(args, 0)).contains(Devargs.parse("net_null3,size=70"));
            assertThat(device(args, 0)).contains(Devargs.parse("net_null3,size=70"));
        }
        FailsafeArgs none = parse(",fd(99999)");
        assertThatExceptionOfType(DeviceException.class).isThrownBy(() -> device(none, 0))
                .withMessageContaining("fd(99999)");
    }

    private static String number(Path file) throws Exception {
        try (var links = Files.list(Path.of("/proc/self/fd"))) {
            for (Path link : links.toList()) {
                if (Files.exists(link) && Files.isSameFile(link, file)) {
                    return link.getFileName().toString();
                }
            }
        }
        throw new AssertionError(List.of(file));
    }
}
