// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.bonding;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.eal.mem.Mempool;
import io.hotbus.testkit.PacketBytes;
import io.hotbus.testkit.TestPools;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.function.IntFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class XmitPolicyTest {
    private static final int UDP = 17;
    private static final int ICMP = 1;

    private TestPools pools;
    private Mempool pool;

    @BeforeEach
    void setUp() throws Exception {
        pools = TestPools.real();
        pool = pools.pool(16);
    }

    @AfterEach
    void tearDown() {
        pools.close();
    }

    private int hash(XmitPolicy policy, byte[] frame) {
        long mbuf = PacketBytes.packet(pool, frame);
        int hash = policy.hash(mbuf);
        pool.mempools().uncached().free(new long[] {mbuf}, 0, 1);
        return hash;
    }

    /** An IPv4 packet. */
    private static byte[] ipv4(int mac, int address, int protocol, int fragment, int port) {
        ByteBuffer frame = ether(mac, 0x0800);
        frame.put((byte) 0x45).put((byte) 0).putShort((short) 28).putShort((short) 0)
                .putShort((short) fragment).put((byte) 64).put((byte) protocol)
                .putShort((short) 0).putInt(0x0a00_0001).putInt(address)
                .putShort((short) port).putShort((short) 7);
        return frame.array();
    }

    private static byte[] ipv6(int mac, int address, int protocol, int port) {
        ByteBuffer frame = ether(mac, 0x86dd);
        frame.putInt(0x6000_0000).putShort((short) 8).put((byte) protocol).put((byte) 64)
                .putLong(1).putLong(2).putLong(3).putLong(address)
                .putShort((short) port).putShort((short) 7);
        return frame.array();
    }

    private static ByteBuffer ether(int mac, int type) {
        return ByteBuffer.allocate(80).putInt(0x0200_0000).putShort((short) mac)
                .putInt(0x0200_0000).putShort((short) 9).putShort((short) type);
    }

    private static byte[] tagged(byte[] frame) {
        ByteBuffer tagged = ByteBuffer.allocate(frame.length + 4).put(frame, 0, 12)
                .putShort((short) 0x8100).putShort((short) 5).put(frame, 12, frame.length - 12);
        return tagged.array();
    }

    @Test
    void shouldLookAtTheHeadersOfItsPolicyAlone() {
        byte[] base = ipv4(1, 2, UDP, 0, 3);
        byte[] otherMac = ipv4(9, 2, UDP, 0, 3);
        byte[] otherAddress = ipv4(1, 9, UDP, 0, 3);
        byte[] otherPort = ipv4(1, 2, UDP, 0, 9);
        assertThat(differs(XmitPolicy.L2, base, otherMac, otherAddress, otherPort))
                .containsExactly(true, false, false);
        assertThat(differs(XmitPolicy.L23, base, otherMac, otherAddress, otherPort))
                .containsExactly(true, true, false);
        assertThat(differs(XmitPolicy.L34, base, otherMac, otherAddress, otherPort))
                .containsExactly(false, true, true);
    }

    @Test
    void shouldDoTheSameForIpv6AndTaggedFrames() {
        assertThat(differs(XmitPolicy.L34, ipv6(1, 2, UDP, 3), ipv6(9, 2, UDP, 3),
                ipv6(1, 9, UDP, 3), ipv6(1, 2, UDP, 9))).containsExactly(false, true, true);
        assertThat(differs(XmitPolicy.L34, tagged(ipv4(1, 2, UDP, 0, 3)),
                ipv4(1, 2, UDP, 0, 3), tagged(ipv4(1, 2, UDP, 0, 9))))
                .containsExactly(false, true);
    }

    private boolean[] differs(XmitPolicy policy, byte[] base, byte[]... others) {
        boolean[] differs = new boolean[others.length];
        for (int i = 0; i < others.length; i++) {
            differs[i] = hash(policy, base) != hash(policy, others[i]);
        }
        return differs;
    }

    @Test
    void shouldSendAllFragmentsAndOtherProtocolsByAddress() {
        int first = 0x2000;
        assertThat(differs(XmitPolicy.L34, ipv4(1, 2, UDP, first, 3), ipv4(1, 2, UDP, 100, 9),
                ipv4(1, 2, ICMP, 0, 9))).containsExactly(false, false);
        assertThat(differs(XmitPolicy.L34, ipv6(1, 2, 44, 3), ipv6(1, 2, 44, 9)))
                .containsExactly(false);
    }

    @ParameterizedTest
    @EnumSource(XmitPolicy.class)
    void shouldSpreadOverAllMembers(XmitPolicy policy) {
        IntFunction<byte[]> flow = i -> ipv4(i, i, UDP, 0, i);
        for (int members = 2; members <= 5; members++) {
            int[] counts = new int[members];
            for (int i = 0; i < 1000; i++) {
                counts[XmitPolicy.choose(hash(policy, flow.apply(i)), members)]++;
            }
            for (int count : counts) {
                assertThat(count).as("%s of %s members", policy, members)
                        .isBetween(700 / members, 1300 / members);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(XmitPolicy.class)
    void shouldReadNothingBehindAShortFrame(XmitPolicy policy) {
        byte[] whole = ipv4(1, 2, UDP, 0, 3);
        for (int length = 0; length <= 38; length++) {
            byte[] one = new byte[length];
            System.arraycopy(whole, 0, one, 0, length);
            Set<Integer> hashes = new HashSet<>();
            for (int fill = 0; fill < 4; fill++) {
                byte[] buffer = new byte[80];
                Arrays.fill(buffer, (byte) fill);
                long dirt = PacketBytes.packet(pool, buffer);
                pool.mempools().uncached().free(new long[] {dirt}, 0, 1);
                hashes.add(hash(policy, one));
            }
            assertThat(hashes).as("length %s", length).hasSize(1);
        }
    }
}
