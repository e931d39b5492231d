// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.memif;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The layout of messages, as DPDK 22.11 sends them. */
final class MessageTest {
    private static final int RANDOM = 100_000;

    private static ByteBuffer bytes(String hex) {
        byte[] begin = HexFormat.of().parseHex(hex.replace(" ", ""));
        return ByteBuffer.allocate(Message.BYTES).put(begin).clear();
    }

    private static Message parse(String hex) throws ProtocolException {
        return Message.parse(bytes(hex));
    }

    private static void assertSame(String hex, Message message) throws ProtocolException {
        assertThat(parse(hex)).isEqualTo(message);
        assertThat(message.bytes()).isEqualTo(bytes(hex));
    }

    private static String text(String text, int size) {
        return HexFormat.of().formatHex(text.getBytes()) + "00".repeat(size - text.length());
    }

    @Test
    void shouldHaveTheLayoutOfDpdk() throws ProtocolException {
        assertSame("0100", new Message.Ack());
        assertSame("0200" + text("DPDK 22.11.11", 32) + "0002 0002 ff00 ff00 ff00 0e",
                new Message.Hello("DPDK 22.11.11", 0x200, 0x200, 255, 255, 255, 14));
        assertSame("0300 0002 03000000 00" + text("abc", 24) + text("DPDK 22.11.11", 32),
                new Message.Init(0x200, 3, 0, "abc", "DPDK 22.11.11"));
        assertSame("0400 0000 0081400000000000", new Message.AddRegion(0, 0x408100));
        assertSame("0500 0100 0200 0300 80400000 0a",
                new Message.AddRing(true, 2, 3, 0x4080, 10));
        assertSame("0600" + text("net_memif0", 32), new Message.Connect("net_memif0"));
        assertSame("0700" + text("net_memif0", 32), new Message.Connected("net_memif0"));
        assertSame("0800 00000000" + text("bye", 96), new Message.Disconnect("bye"));
    }

    @Test
    void shouldCutATextThatIsTooLong() throws ProtocolException {
        String longest = "x".repeat(31);
        assertThat(Message.parse(new Message.Connect(longest + "yz").bytes()))
                .isEqualTo(new Message.Connect(longest));
        assertThat(parse("0600" + text("", 32).replace("00", "41")))
                .isEqualTo(new Message.Connect("A".repeat(32)));
        assertThat(parse("0600" + text("a\n\u001b[2J", 32))).isEqualTo(
                new Message.Connect("a??[2J"));
    }

    @ParameterizedTest
    @CsvSource({"0, Invalid message size 0", "127, Invalid message size 127"})
    void shouldRefuseAnotherLength(int length, String reason) {
        assertThatExceptionOfType(ProtocolException.class)
                .isThrownBy(() -> Message.parse(ByteBuffer.allocate(length))).withMessage(reason);
    }

    @ParameterizedTest
    @CsvSource({"0000, Unknown message type 0", "0900, Unknown message type 9",
            "ffff, Unknown message type 65535"})
    void shouldRefuseAnotherType(String hex, String reason) {
        assertThatExceptionOfType(ProtocolException.class).isThrownBy(() -> parse(hex))
                .withMessage(reason);
    }

    @Test
    void shouldParseOrRefuseWhateverComes() {
        long seed = System.nanoTime();
        System.out.println("MessageTest: seed " + seed);
        Random random = new Random(seed);
        byte[] bytes = new byte[Message.BYTES];
        for (int i = 0; i < RANDOM; i++) {
            random.nextBytes(bytes);
            bytes[0] = (byte) random.nextInt(12);
            bytes[1] = (byte) (random.nextInt(8) == 0 ? 1 : 0);
            try {
                assertThat(Message.parse(ByteBuffer.wrap(bytes)).bytes().remaining())
                        .isEqualTo(Message.BYTES);
            } catch (ProtocolException e) {
                assertThat(e).hasMessageStartingWith("Unknown message type");
            }
        }
    }
}
