// SPDX-License-Identifier: Apache-2.0
package io.hotbus.core.uevent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.hotbus.eal.bus.Uevent;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class UeventParserTest {
    private static final String PCI = "/devices/pci0000:00/0000:00:03.0/0000:03:00.0";

    private static byte[] message(String... strings) {
        return (String.join("\0", strings) + "\0").getBytes(StandardCharsets.UTF_8);
    }

    static Stream<Arguments> messages() {
        return Stream.of(
                Arguments.of(message("remove@" + PCI, "ACTION=remove", "DEVPATH=" + PCI,
                        "SUBSYSTEM=pci", "PCI_CLASS=20000", "PCI_ID=8086:10D3",
                        "PCI_SUBSYS_ID=8086:0000", "PCI_SLOT_NAME=0000:03:00.0",
                        "MODALIAS=pci:v00008086d000010D3sv00008086sd00000000bc02sc00i00",
                        "SEQNUM=1713"), "remove", PCI, "pci", 1713L, "0000:03:00.0"),
                Arguments.of(message("unbind@" + PCI, "ACTION=unbind", "DEVPATH=" + PCI,
                        "SUBSYSTEM=pci", "PCI_SLOT_NAME=0000:03:00.0", "SEQNUM=1712"),
                        "unbind", PCI, "pci", 1712L, "0000:03:00.0"),
                // No PCI_SLOT_NAME here: the address is in the path alone.
                Arguments.of(message("remove@" + PCI + "/uio/uio0", "ACTION=remove",
                        "DEVPATH=" + PCI + "/uio/uio0", "SUBSYSTEM=uio", "MAJOR=244", "MINOR=0",
                        "DEVNAME=uio0", "SEQNUM=1711"),
                        "remove", PCI + "/uio/uio0", "uio", 1711L, "uio0"),
                Arguments.of(message("change@/devices/virtual/net/lo", "ACTION=change",
                        "DEVPATH=/devices/virtual/net/lo", "SUBSYSTEM=net",
                        "SYNTH_UUID=0", "INTERFACE=lo", "IFINDEX=1", "SEQNUM=42"),
                        "change", "/devices/virtual/net/lo", "net", 42L, "lo"),
                Arguments.of(message("add@/module/igb_uio", "ACTION=add",
                        "DEVPATH=/module/igb_uio", "SUBSYSTEM=module", "SEQNUM=9"),
                        "add", "/module/igb_uio", "module", 9L, "igb_uio"),
                // Said twice, an empty value, one with '=' in it, no SUBSYSTEM, no SEQNUM, UTF-8.
                Arguments.of(message("add@/a/b", "X=1", "X=1", "EMPTY=", "Y=a=b",
                        "N=\u00fc\ud83d\ude00"),
                        "add", "/a/b", "", -1L, "b"));
    }

    @ParameterizedTest
    @MethodSource("messages")
    void shouldReadWhatTheKernelSends(byte[] bytes, String action, String devpath,
            String subsystem, long sequence, String kernelName) {
        Uevent uevent = UeventParser.parse(bytes).uevent().orElseThrow();

        assertThat(uevent.action()).isEqualTo(action);
        assertThat(uevent.devpath()).isEqualTo(devpath);
        assertThat(uevent.subsystem()).isEqualTo(subsystem);
        assertThat(uevent.sequence()).isEqualTo(sequence);
        assertThat(uevent.kernelName()).isEqualTo(kernelName);
    }

    @Test
    void shouldKeepAllKeys() {
        Uevent uevent = UeventParser.parse(message("add@/a", "ACTION=add", "Y=a=b", "EMPTY="))
                .uevent().orElseThrow();

        assertThat(uevent.keys()).hasSize(3).containsEntry("Y", "a=b").containsEntry("EMPTY", "")
                .containsEntry("ACTION", "add");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    static Stream<Arguments> hostile() {
        return Stream.of(
                Arguments.of(new byte[0], "it is empty"),
                Arguments.of(bytes("\0"), "it does not begin with action@devpath"),
                Arguments.of(bytes("add@/a\0X=1"), "it does not end with a NUL"),
                Arguments.of(bytes("libudev\0\376\355\312\376\0"), "it is not UTF-8"),
                Arguments.of(bytes("libudev\0\1\2\3\0"), "it is udev's, not the kernel's"),
                Arguments.of(bytes("ACTION=add\0DEVPATH=/a\0"),
                        "it does not begin with action@devpath"),
                Arguments.of(bytes("@/a\0"), "it does not begin with action@devpath"),
                Arguments.of(bytes("ADD@/a\0"), "it does not begin with action@devpath"),
                Arguments.of(bytes("a".repeat(33) + "@/a\0"),
                        "it does not begin with action@devpath"),
                Arguments.of(bytes("add@\0"), "its devpath does not begin with a slash"),
                Arguments.of(bytes("add@a\0"), "its devpath does not begin with a slash"),
                Arguments.of(bytes("add@/\374\0"), "it is not UTF-8"),
                Arguments.of(bytes("add@/\300\200\0"), "it is not UTF-8"), // overlong NUL
                Arguments.of(bytes("add@/a\0X\0"), "its string 1 is not KEY=value"),
                Arguments.of(bytes("add@/a\0\0"), "its string 1 is not KEY=value"),
                Arguments.of(bytes("add@/a\0X=1\0=2\0"), "its string 2 is not KEY=value"),
                Arguments.of(bytes("add@/a\0X=1\0X=2\0"),
                        "its string 2 contradicts an earlier one"),
                Arguments.of(bytes("add@/a\0ACTION=remove\0"), "its ACTION contradicts its header"),
                Arguments.of(bytes("add@/a\0DEVPATH=/b\0"), "its DEVPATH contradicts its header"),
                Arguments.of(bytes("add@/a\0SEQNUM=\0"), "its SEQNUM is not a number"),
                Arguments.of(bytes("add@/a\0SEQNUM=-1\0"), "its SEQNUM is not a number"),
                Arguments.of(bytes("add@/a\0SEQNUM=99999999999999999999\0"),
                        "its SEQNUM is not a number"),
                Arguments.of(bytes("add@/" + "a".repeat(8192) + "\0"),
                        "it has 8198 bytes, more than 8192"),
                Arguments.of(bytes("add@/a\0" + "X=1\0".repeat(257)), "it has more than 256 keys"));
    }

    @ParameterizedTest
    @MethodSource("hostile")
    void shouldSayWhyItIsNone(byte[] bytes, String reason) {
        assertThat(UeventParser.parse(bytes)).isEqualTo(
                new UeventParser.Result(Optional.empty(), reason));
    }

    @Test
    void shouldTakeTheLongestTheKernelCanSend() {
        String devpath = "/" + "d".repeat(4095);
        String value = "v".repeat(2000);

        assertThat(UeventParser.parse(message("change@" + devpath, "KEY=" + value)).uevent())
                .get().returns(devpath, Uevent::devpath).returns(value, u -> u.keys().get("KEY"));
    }

    @Test
    @Timeout(300)
    void shouldSurviveAnyBytes() {
        Random random = new Random(20261122);
        List<byte[]> real = messages().map(m -> (byte[]) m.get()[0]).toList();
        int read = 0;
        for (int i = 0; i < 200_000; i++) {
            byte[] bytes = i % 4 == 0 ? noise(random)
                    : damaged(real.get(random.nextInt(real.size())), random);

            UeventParser.Result result = UeventParser.parse(bytes);

            // Plain checks here: 200,000 fluent ones take seconds.
            if (result.uevent().isPresent() != result.reason().isEmpty()) {
                fail("neither read nor refused: " + result);
            }
            if (result.uevent().isPresent()) {
                requireSound(result.uevent().get());
                read++;
            }
        }
        // Damage often leaves a message whole: else this would try nothing but the first check.
        assertThat(read).isBetween(10_000, 190_000);
    }

    private static void requireSound(Uevent uevent) {
        if (!uevent.devpath().startsWith("/") || uevent.devpath().indexOf('\0') >= 0
                || uevent.action().isEmpty() || uevent.action().length() > 32
                || uevent.sequence() < -1 || uevent.keys().containsKey("")) {
            fail("not sound: " + uevent);
        }
    }

    private static byte[] noise(Random random) {
        byte[] bytes = new byte[random.nextInt(300)];
        random.nextBytes(bytes);
        return bytes;
    }

    private static byte[] damaged(byte[] message, Random random) {
        byte[] bytes = message.clone();
        for (int flips = random.nextInt(4); flips > 0; flips--) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
        }
        if (random.nextInt(5) > 0) {
            return bytes;
        }
        int from = random.nextInt(bytes.length);
        return Arrays.copyOfRange(bytes, from, from + random.nextInt(bytes.length));
    }
}
