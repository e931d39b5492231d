// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.af_packet;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.MbufFlags;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortConfig;
import io.hotbus.ethdev.RxOffload;
import io.hotbus.testkit.Await;
import io.hotbus.testkit.NetNamespace;
import io.hotbus.testkit.PacketBytes;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Frames of a local stack, which leaves the checksum to the sender. */
final class LocalStackTest {
    /** Sends a datagram to a station that is not there, from the stack behind a1. */
    private static void sendUdp(Rig rig, NetNamespace peer, String to, int bytes)
            throws Exception {
        peer.call(() -> {
            try (DatagramSocket socket = new DatagramSocket()) {
                final byte[] payload = new byte[bytes];
                Arrays.fill(payload, (byte) 0x5a);
                socket.send(new DatagramPacket(payload, bytes, InetAddress.getByName(to), 7));
            }
            return null;
        });
    }

    private static NetNamespace peer(Rig rig) throws Exception {
        final NetNamespace peer = NetNamespace.create();
        rig.namespace.run("ip", "link", "set", "a1", "netns", peer.name());
        for (String command : new String[] {"addr add 10.9.9.1/24 dev a1",
            "addr add fd00::1/64 dev a1 nodad", "link set a1 addrgenmode none", "link set a1 up",
            "neigh add 10.9.9.2 lladdr 02:00:00:00:00:02 dev a1",
            "neigh add fd00::2 lladdr 02:00:00:00:00:02 dev a1"}) {
            peer.run(("ip " + command).split(" "));
        }
        return peer;
    }

    @EnabledIf("io.hotbus.net.af_packet.Rig#isRoot")
    @ParameterizedTest
    @ValueSource(strings = {"10.9.9.2", "fd00::2"})
    void shouldFinishTheChecksumOfALocalStack(String to) throws Exception {
        try (Rig rig = new Rig(); NetNamespace peer = peer(rig)) {
            final Port a0 = rig.start("net_af_packet0,iface=a0");
            for (int bytes : new int[] {0, 1, 17, 1000, 1452}) {
                sendUdp(rig, peer, to, bytes);
                final byte[] frame = awaitUdp(rig, a0);
                assertThat(checksumOver(frame)).as("%d bytes to %s", bytes, to).isEqualTo(0xffff);
            }
        }
    }

    /** The next frame of UDP; a stack may send others. */
    private static byte[] awaitUdp(Rig rig, Port port) {
        final byte[][] found = new byte[1][];
        Await.until("a datagram", () -> {
            rig.receive(port, 0).stream().filter(LocalStackTest::isUdp)
                    .forEach(frame -> found[0] = frame);
            return found[0] != null;
        });
        return found[0];
    }

    private static boolean isUdp(byte[] frame) {
        return frame[12] == 8 && frame[13] == 0 ? frame[23] == 17
                : frame[12] == (byte) 0x86 && frame[20] == 17;
    }

    /** The sum over pseudo-header and datagram: 0xffff if the checksum is right. */
    private static int checksumOver(byte[] frame) {
        final boolean four = frame[12] == 8;
        final int start = four ? 34 : 54;
        final int addresses = four ? 26 : 22;
        final int length = (frame[start + 4] & 0xff) << 8 | frame[start + 5] & 0xff;
        int sum = 17 + length;
        for (int i = addresses; i < start + length; i++) {
            sum += (frame[i] & 0xff) << ((i - addresses) % 2 == 0 ? 8 : 0);
        }
        while (sum >> 16 != 0) {
            sum = (sum & 0xffff) + (sum >> 16);
        }
        return sum;
    }

    @EnabledIf("io.hotbus.net.af_packet.Rig#isRoot")
    @Test
    void shouldMarkTheFrameInsteadIfAskedTo() throws Exception {
        try (Rig rig = new Rig(); NetNamespace peer = peer(rig)) {
            final Port a0 = rig.start(rig.attach("net_af_packet0,iface=a0"),
                    new PortConfig(1, 512, 512, rig.pool)
                            .withOffloads(Set.of(RxOffload.UDP_CKSUM), Set.of()));
            sendUdp(rig, peer, "10.9.9.2", 100);
            final long[] got = new long[1];
            final long[] flags = new long[1];
            Await.until("a datagram with an unfinished checksum", () -> {
                if (a0.rxQueue(0).burst(rig.pool.mempools().uncached(), got, 1) == 1) {
                    flags[0] = isUdp(PacketBytes.of(got[0])) ? Mbuf.flags(got[0]) : 0;
                    rig.pool.mempools().uncached().free(got, 0, 1);
                }
                return flags[0] == MbufFlags.RX_L4_CKSUM_NONE;
            });
        }
    }
}
