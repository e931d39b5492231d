// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.virtio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hotbus.ethdev.NotSupportedException;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortConfig;
import io.hotbus.ethdev.RssConfig;
import io.hotbus.ethdev.RssHash;
import io.hotbus.ethdev.RssLimits;
import io.hotbus.pmd.virtio.VirtioFeature;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** How the device spreads packets over its queues. */
final class VirtioRssTest extends VirtioTests {
    private static final int QUEUES = 4;
    private static final int ENTRIES = 128;
    private static final Set<RssHash> ALL = EnumSet.allOf(RssHash.class);
    // The packets of Microsoft's verification suite, with the ports 2794 and 1766.
    private static final String V4 = "420995bba18e6450" + "0aea06e6";
    private static final String V6 = "3ffe250102001fff0000000000000007"
            + "3ffe2501020000030000000000000001" + "0aea06e6";

    @Override
    protected void prepare() {
        rig.chip.queues = 2 * QUEUES + 1;
        rig.chip.offered |= VirtioFeature.CTRL_VQ | VirtioFeature.OF_THE_CONTROL_QUEUE
                | VirtioFeature.RSS;
        rig.chip.resetByOthers();
    }

    private Port start(RssConfig rss) throws Exception {
        rig.attach();
        Port port = rig.port();
        port.configure(new PortConfig(QUEUES, Rig.RING, Rig.RING, pool).withRss(rss));
        port.start();
        return port;
    }

    private byte[] frame(boolean v4, int protocol) {
        byte[] frame = new byte[80];
        frame[12] = (byte) (v4 ? 0x08 : 0x86);
        frame[13] = (byte) (v4 ? 0x00 : 0xdd);
        frame[v4 ? 23 : 20] = (byte) protocol;
        byte[] fields = HexFormat.of().parseHex(v4 ? V4 : V6);
        System.arraycopy(fields, 0, frame, v4 ? 26 : 22, fields.length);
        return frame;
    }

    private void shouldArriveAt(int queue, Port port, byte[] frame) {
        assertThat(send(port, packet(frame, frame.length))).isEqualTo(1);
        long packet = Rig.receiveOne(port, queue, pool);
        assertThat(bytes(packet)).isEqualTo(frame);
        free(packet);
    }

    @ParameterizedTest
    @CsvSource({"true, 6, 51ccc178", "true, 17, 51ccc178", "true, 1, 323e8fc2",
        "false, 6, 40207d3d", "false, 17, 40207d3d", "false, 58, 2cc18cd5"})
    void shouldHashAsSpecified(boolean v4, int protocol, String hash) throws Exception {
        List<Integer> table = new ArrayList<>(Collections.nCopies(ENTRIES, 1));
        table.set(HexFormat.fromHexDigits(hash) & ENTRIES - 1, 3);
        Port port = start(new RssConfig(ALL, List.of(), table));
        shouldArriveAt(3, port, frame(v4, protocol));
        assertThat(rig.chip.accepted & VirtioFeature.RSS).isNotZero();
    }

    @ParameterizedTest
    @EnumSource(names = {"SPLIT", "PACKED"})
    void shouldFollowTheTableAtEachStart(RingKind kind) throws Exception {
        kind.offer(rig.chip);
        List<Integer> threes = Collections.nCopies(ENTRIES, 3);
        Port port = start(new RssConfig(Set.of(RssHash.IPV4), List.of(), threes));
        for (int start = 0; start < 2; start++) {
            shouldArriveAt(3, port, frame(true, 6));
            shouldArriveAt(0, port, frame(false, 6));
            port.stop();
            port.start();
        }
    }

    @Test
    void shouldSendTheCommandOfTheSpecification() throws Exception {
        List<Byte> key = IntStream.range(0, 40).mapToObj(i -> (byte) (3 * i)).toList();
        start(new RssConfig(Set.of(RssHash.IPV4_UDP, RssHash.IPV6), key, List.of()));
        String table = IntStream.range(0, ENTRIES).mapToObj(i -> i % QUEUES + " 0")
                .collect(Collectors.joining(" "));
        String keyText = key.stream().map(String::valueOf).collect(Collectors.joining(" "));
        assertThat(rig.chip.commands.peek()).isEqualTo(
                "4 1 12 0 0 0 127 0 0 0 " + table + " 4 0 40 " + keyText);
        assertThat(rig.chip.commands).noneMatch(command -> command.startsWith("4 0 "));
    }

    @Test
    void shouldLeaveRssToTheDeviceUnlessAsked() throws Exception {
        start(RssConfig.OFF);
        assertThat(rig.chip.accepted & VirtioFeature.RSS).isZero();
        assertThat(rig.chip.commands).contains("4 0 4 0")
                .noneMatch(command -> command.startsWith("4 1 "));
    }

    @Test
    void shouldTellWhatTheDeviceSupports() throws Exception {
        rig.chip.hashTypes = 0x1c9;
        rig.chip.resetByOthers();
        Port port = start(new RssConfig(Set.of(RssHash.IPV6), List.of(), List.of()));
        assertThat(port.info().rss()).isEqualTo(
                new RssLimits(Set.of(RssHash.IPV4, RssHash.IPV6), 40, ENTRIES));
        port.stop();
        assertThatThrownBy(() -> port.configure(new PortConfig(2, Rig.RING, Rig.RING, pool)
                .withRss(new RssConfig(Set.of(RssHash.IPV4_TCP), List.of(), List.of()))))
                .isInstanceOf(NotSupportedException.class)
                .hasMessageContaining("RSS of ipv4_tcp: not supported by net_virtio");
    }

    /** Bits: RSS, several queues, the control queue; then a short key and a short table. */
    @ParameterizedTest
    @CsvSource({"60, 40, 128, 63", "22, 40, 128, 63", "17, 40, 128, 63", "0, 39, 128, 63",
        "0, 40, 64, 63", "0, 40, 128, 0"})
    void shouldHaveNoneOnADeviceThatLacksIt(int bit, int key, int table, int types)
            throws Exception {
        rig.chip.offered &= ~(1L << bit);
        rig.chip.rssKeySize = key;
        rig.chip.rssTableLength = table;
        rig.chip.hashTypes = types;
        rig.chip.resetByOthers();
        rig.attach();
        assertThat(rig.port().info().rss()).isEqualTo(RssLimits.NONE);
        assertThatThrownBy(() -> rig.port().configure(new PortConfig(1, Rig.RING, Rig.RING, pool)
                .withRss(new RssConfig(Set.of(RssHash.IPV4), List.of(), List.of()))))
                .isInstanceOf(NotSupportedException.class);
    }

    @Test
    void shouldSayThatTheDeviceRefuses() throws Exception {
        rig.attach();
        Port port = rig.port();
        port.configure(new PortConfig(QUEUES, Rig.RING, Rig.RING, pool)
                .withRss(new RssConfig(ALL, List.of(), List.of())));
        rig.chip.answer = 1;
        assertThatThrownBy(port::start)
                .hasMessageContaining("RSS for 4 receive queues: the device has refused that");
        rig.chip.answer = 0;
        port.start();
        shouldArriveAt(0x51ccc178 & QUEUES - 1, port, frame(true, 6));
    }
}
