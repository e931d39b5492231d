// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** The engines {@code icmpecho} and {@code 5tswap}. */
class AnswerAndSwapTest {
    private static final String ARP_REQUEST = "ffffffffffff 0200000000aa %s 0806"
            + "0001 0800 06 04 0001 0200000000aa 0a000001 000000000000 0a000002";
    private static final String ECHO_REQUEST = "0200000000bb 0200000000aa %s 0800"
            + "4500 0020 0001 0000 40 01 66da 0a000001 %s 08 00 f3f6 0001 0002 01020304";

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    private static String answer(String frame, int segment) throws Exception {
        try (Bench bench = new Bench(new IcmpEchoFwd())) {
            return hex(bench.forward(Packets.frame(frame), segment));
        }
    }

    @Test
    void shouldAnswerArpForAnyAddressWithTheTagOfTheRequest() throws Exception {
        for (String tag : new String[] {"", "8100 0007", "88a8 0001 8100 0002"}) {
            assertThat(answer(ARP_REQUEST.formatted(tag), 2048)).isEqualTo(hex(Packets.frame(
                    "0200000000aa 020000000031" + tag + "0806 0001 0800 06 04 0002"
                            + "020000000031 0a000002 0200000000aa 0a000001")));
        }
    }

    @Test
    void shouldAnswerAnEchoRequest() throws Exception {
        byte[] reply = Packets.frame(answer(ECHO_REQUEST.formatted("8100 0007", "0a000002"), 2048));

        assertThat(hex(reply)).startsWith("0200000000aa0200000000bb8100000708004500")
                .contains("0a0000020a0000010000");
        assertThat(Packets.sum(reply, 18, 20, 0)).isEqualTo(0xffff);
        assertThat(Packets.sum(reply, 38, 12, 0)).isEqualTo(0xffff);
    }

    @Test
    void shouldAnswerAGroupFromAnAddressBesideTheSenders() throws Exception {
        byte[] reply = Packets.frame(answer(ECHO_REQUEST.formatted("", "e0000001"), 2048));

        assertThat(hex(reply)).contains("0a0000020a0000010000");
        assertThat(Packets.sum(reply, 14, 20, 0)).isEqualTo(0xffff);
    }

    @Test
    void shouldFreeEverythingElse() throws Exception {
        String echo = ECHO_REQUEST.formatted("", "0a000002");
        assertThat(answer(echo.replace("08 00 f3f6", "00 00 fbf6"), 2048)).isEmpty();
        assertThat(answer(echo.replace("0001 0000 40", "0001 2000 40"), 2048)).isEmpty();
        assertThat(answer(ARP_REQUEST.formatted("").replace("04 0001", "04 0002"), 2048))
                .isEmpty();
        assertThat(answer(ARP_REQUEST.formatted(""), 30)).isEmpty(); // not in the first segment
        assertThat(answer("0200000000bb 0200000000aa 86dd 6000", 2048)).isEmpty();
        assertThat(answer("0200000000bb 02", 2048)).isEmpty();
    }

    @Test
    void shouldSwapAllFiveOfATuple() throws Exception {
        try (Bench bench = new Bench(new FiveTupleSwapFwd())) {
            byte[] frame = Packets.tagged(Packets.ipv4(6, 3), 0x8100);
            byte[] sent = bench.forward(frame, 2048);
            assertThat(hex(sent)).startsWith("0200000000aa0200000000bb81000123")
                    .contains("dead0a0000020a000001005004d2");
            assertThat(bench.forward(sent, 2048)).isEqualTo(frame);

            byte[] six = Packets.ipv6(17, "", 17, 3);
            String swapped = hex(bench.forward(six, 2048));
            assertThat(swapped).contains("0002200" + "10db8000000000000000000000001005004d2");
            byte[] fragment = Packets.ipv4(6, 8);
            fragment[21] = 1;
            assertThat(hex(bench.forward(fragment, 2048)))
                    .contains("0a0000020a00000104d20050"); // it has no ports
        }
    }
}
