// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.tap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.hotplug.RemovalCause;
import io.hotbus.ethdev.EthStats;
import io.hotbus.ethdev.MacAddress;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.RxQueue;
import io.hotbus.ethdev.TxQueue;
import io.hotbus.os.LinuxException;
import io.hotbus.os.Sockets;
import io.hotbus.testkit.Await;
import io.hotbus.testkit.NetNamespace;
import io.hotbus.testkit.PacketBytes;
import io.hotbus.testkit.Resources;
import io.hotbus.testkit.TestOs;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** Tap interfaces of the real kernel. */
@EnabledIf("io.hotbus.net.tap.Rig#isRoot")
final class TapTest {
    private static final int TIMES = Integer.getInteger("hotbus.test.removals", 20);

    private Rig rig;
    private int socket = -1;

    @BeforeEach
    void open() throws Exception {
        rig = new Rig();
    }

    @AfterEach
    void close() throws Exception {
        TestOs.linux().close(socket);
        rig.close();
    }

    private void exchange(Port port, int... lengths) throws Exception {
        for (int length : lengths) {
            final byte[] frame = Rig.frame(length);
            rig.send(port, frame);
            assertThat(Rig.await(socket)).isEqualTo(frame);
            TestOs.sockets().send("test", socket, ByteBuffer.wrap(frame), Sockets.MSG_DONTWAIT);
            final List<byte[]> received = new ArrayList<>();
            Await.until("a packet", () -> received.addAll(rig.receive(port, 0)));
            assertThat(received).containsExactly(frame);
        }
    }

    @Test
    void shouldPassFramesBothWays() throws Exception {
        final Port port = rig.start("net_tap0", 1);
        socket = rig.open("dtap0");
        exchange(port, 14, 15, 60, 61, 64, 127, 1000, 1513, 1514);
        assertThat(port.stats().txPackets()).isEqualTo(9);
        assertThat(port.stats().rxPackets()).isEqualTo(9);
        assertThat(port.stats().rxBytes()).isEqualTo(port.stats().txBytes());
        assertThat(port.link().up()).isTrue();
    }

    @Test
    void shouldPassJumboFramesInChains() throws Exception {
        final Port port = rig.attach("net_tap0");
        port.setMtu(65521);
        rig.detach(port);
        final Port jumbo = rig.start("net_tap0", 1);
        jumbo.stop();
        jumbo.setMtu(65521);
        jumbo.start();
        assertThat(rig.namespace.run("ip", "link", "show", "dtap0")).contains("mtu 65521");
        socket = rig.open("dtap0");
        exchange(jumbo, 14, 2047, 2048, 2049, 9014, 65535);
    }

    @Test
    void shouldTakeBurstsLongerThanACall() throws Exception {
        final Port port = rig.start("net_tap0", 1);
        socket = rig.open("dtap0");
        final long[] mbufs = new long[200];
        for (int i = 0; i < 200; i++) {
            mbufs[i] = PacketBytes.packet(rig.pool, Rig.frame(100 + i));
        }
        assertThat(port.txQueue(0).burst(rig.pool.mempools().uncached(), mbufs, 200))
                .isEqualTo(200);
        for (int i = 0; i < 200; i++) {
            assertThat(Rig.await(socket)).hasSize(100 + i);
            TestOs.sockets().send("test", socket, ByteBuffer.wrap(Rig.frame(100 + i)), 0);
        }
        final int[] received = new int[1];
        Await.until("all frames", () -> {
            final int count = port.rxQueue(0).burst(rig.pool.mempools().uncached(), mbufs, 200);
            rig.pool.mempools().uncached().free(mbufs, 0, count);
            received[0] += count;
            return received[0] == 200;
        });
    }

    @Test
    void shouldSpreadFlowsOverItsQueues() throws Exception {
        final Port port = rig.start("net_tap0", 3);
        socket = rig.open("dtap0");
        for (int i = 0; i < 100; i++) {
            TestOs.sockets().send("test", socket, ByteBuffer.wrap(udp(1000 + i)), 0);
        }
        final int[] received = new int[3];
        Await.until("all frames", () -> {
            for (int q = 0; q < 3; q++) {
                received[q] += rig.receive(port, q).size();
            }
            return Arrays.stream(received).sum() == 100;
        });
        assertThat(received).as("by queue").doesNotContain(0);
        for (int q = 0; q < 3; q++) {
            final long[] packet = {PacketBytes.packet(rig.pool, Rig.frame(60 + q))};
            port.txQueue(q).burst(rig.pool.mempools().uncached(), packet, 1);
            assertThat(Rig.await(socket)).isEqualTo(Rig.frame(60 + q));
        }
    }

    private static byte[] udp(int port) {
        return ByteBuffer.allocate(60).put(Rig.frame(60), 0, 12)
                .putShort((short) 0x0800).put((byte) 0x45).put((byte) 0).putShort((short) 46)
                .putInt(0).put((byte) 64).put((byte) 17).putShort((short) 0)
                .putInt(0x0a000001).putInt(0x0a010001)
                .putShort((short) port).putShort((short) 9).putShort((short) 26).array();
    }

    @Test
    void shouldCountWhatItCannotSend() throws Exception {
        final Port port = rig.start("net_tap0", 1);
        rig.send(port, Rig.frame(1519));
        rig.send(port, Arrays.copyOf(Rig.frame(14), 13));
        assertThat(port.stats()).isEqualTo(new EthStats(0, 0, 0, 0, 0, 0, 0, 2));
        assertThat(port.xstats()).containsEntry("tx_q0_errors", 2L);
    }

    @Test
    void shouldTakeNoPacketWhileTheInterfaceIsDown() throws Exception {
        final Port port = rig.start("net_tap0", 1);
        rig.namespace.run("ip", "link", "set", "dtap0", "down");
        assertThat(rig.offer(port, Rig.frame(60))).isZero();
        Await.until("the link is down", () -> !port.link().up());
        assertThat(rig.offer(port, Rig.frame(60))).isZero();
        assertThat(port.txQueue(0).isGone()).isTrue();
        assertThat(port.stats()).isEqualTo(new EthStats(0, 0, 0, 0, 0, 0, 0, 0));
        rig.namespace.run("ip", "link", "set", "dtap0", "up");
        Await.until("the link is up", () -> port.link().up());
        assertThat(port.txQueue(0).isGone()).isFalse();
        rig.send(port, Rig.frame(60));
        assertThat(rig.removals.causes()).isEmpty();
    }

    @Test
    void shouldFollowAnMtuThatSomebodyElseSets() throws Exception {
        final Port port = rig.start("net_tap0", 1);
        socket = rig.open("dtap0");
        rig.namespace.run("ip", "link", "set", "dtap0", "mtu", "9000");
        final byte[] frame = Rig.frame(9014);
        final List<byte[]> received = new ArrayList<>();
        final long[] sent = new long[1];
        Await.until("a whole frame", () -> {
            send(frame);
            sent[0]++;
            received.addAll(rig.receive(port, 0));
            return !received.isEmpty();
        });
        assertThat(received).containsExactly(frame);
        assertThat(port.stats().rxErrors()).as("frames that were cut").isEqualTo(sent[0] - 1);
    }

    private void send(byte[] frame) {
        try {
            TestOs.sockets().send("test", socket, ByteBuffer.wrap(frame), Sockets.MSG_DONTWAIT);
        } catch (LinuxException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void shouldSetAddressMtuAndStateOfTheInterface() throws Exception {
        final Port port = rig.start("net_tap1,iface=foo0,mac=fixed", 1);
        assertThat(port.macAddress()).hasToString("02:64:74:61:70:31");
        assertThat(rig.namespace.run("ip", "link", "show", "foo0"))
                .contains("02:64:74:61:70:31", "UP", "mtu 1500");
        port.changeRxFilter(filter -> filter.withAddress(new MacAddress(0x020000000055L)));
        port.stop();
        assertThat(rig.namespace.run("ip", "link", "show", "foo0"))
                .contains("02:00:00:00:00:55", "state DOWN");
        rig.detach(port);
        assertThat(rig.interfaces.find("foo0")).isEmpty();
    }

    @Test
    void shouldBeMadeAgainManyTimes() throws Exception {
        long before = 0;
        MacAddress mac = null;
        for (int i = 0; i <= TIMES; i++) {
            final Port port = rig.start("net_tap0", 2);
            assertThat(mac == null || port.macAddress().equals(mac)).as("same address").isTrue();
            mac = port.macAddress();
            final RxQueue receive = port.rxQueue(0);
            final TxQueue send = port.txQueue(0);
            rig.send(port, Rig.frame(100));
            rig.namespace.run("ip", "link", "del", "dtap0");
            assertThat(rig.removals.await()).isEqualTo(RemovalCause.INTERFACE_GONE);
            assertThat(port.isRemoved()).isTrue();
            assertIdle(port, receive, send);
            assertThat(rig.plugged).isEmpty();
            rig.detach(port);
            assertThat(rig.missing()).as("buffers").isZero();
            assertThat(rig.awaitReturn()).isEqualTo("net_tap0");
            if (i == 0) {
                before = Resources.of("/dev/net/tun");
            }
        }
        final long expected = before;
        Await.until("as many descriptors and mappings as before",
                () -> Resources.of("/dev/net/tun") == expected);
    }

    private void assertIdle(Port port, RxQueue receive, TxQueue send) {
        final long[] mbufs = new long[32];
        assertThat(receive.burst(rig.pool.mempools().uncached(), mbufs, 32)).isZero();
        for (int i = 0; i < 2; i++) {
            mbufs[0] = PacketBytes.packet(rig.pool, Rig.frame(64));
            assertThat(send.burst(rig.pool.mempools().uncached(), mbufs, 1)).isZero();
            rig.pool.mempools().uncached().free(mbufs, 0, 1);
            assertThat(send.isGone()).isTrue();
        }
        assertThat(port.xstats()).containsEntry("tx_q0_errors", 0L);
    }

    @Test
    void shouldTakeAMoveToAnotherNamespaceForARemoval() throws Exception {
        rig.namespace.run("ip", "tuntap", "add", "p0", "mode", "tap", "multi_queue");
        final Port port = rig.start("net_tap0,iface=p0", 1);
        try (NetNamespace other = NetNamespace.create()) {
            rig.namespace.run("ip", "link", "set", "p0", "netns", other.name());
            assertThat(rig.removals.await()).isEqualTo(RemovalCause.INTERFACE_GONE);
            rig.detach(port);
            assertThat(rig.plugged).as("an interface of somebody else").isEmpty();
            other.run("ip", "link", "set", "p0", "netns", rig.namespace.name());
            assertThat(rig.awaitReturn()).isEqualTo("net_tap0");
        }
        rig.start("net_tap0,iface=p0", 2);
    }

    @Test
    void shouldGoOnWhenTheInterfaceIsRenamed() throws Exception {
        final Port port = rig.start("net_tap0", 1);
        rig.namespace.run("ip", "link", "set", "dtap0", "name", "other0");
        socket = rig.open("other0");
        exchange(port, 100);
        port.stop();
        port.start();
        exchange(port, 101);
        assertThat(rig.removals.causes()).isEmpty();
    }

    @Test
    void shouldNotTakeTheEndOfItsOwnInterfaceForARemoval() throws Exception {
        final Port port = rig.start("net_tap0", 1);
        port.close();
        rig.namespace.run("ip", "link", "add", "v0", "type", "veth", "peer", "name", "v1");
        rig.attach("net_tap1,iface=other0");
        assertThat(rig.interfaces.find("dtap0")).isEmpty();
        rig.detach(port);
        assertThat(rig.removals.causes()).isEmpty();
        assertThat(rig.plugged).isEmpty();
    }

    @Test
    void shouldLeaveAPersistentInterface() throws Exception {
        rig.detach(rig.start("net_tap0,persist", 1));
        assertThat(rig.interfaces.find("dtap0")).isPresent();
        rig.namespace.run("ip", "tuntap", "add", "one0", "mode", "tap");
        assertThat(rig.attach("net_tap1,iface=one0").info().rx().maxQueues()).isOne();
    }

    @Test
    void shouldSayWhyAnInterfaceCannotBeTaken() throws Exception {
        rig.namespace.run("ip", "link", "add", "v0", "type", "veth", "peer", "name", "v1");
        assertThatExceptionOfType(DeviceException.class)
                .isThrownBy(() -> rig.attach("net_tap0,iface=v0"))
                .withMessageContaining("that is no tap interface");
        rig.namespace.run("ip", "tuntap", "add", "one0", "mode", "tap");
        rig.attach("net_tap1,iface=one0");
        assertThatExceptionOfType(DeviceException.class)
                .isThrownBy(() -> rig.attach("net_tap2,iface=one0"))
                .withMessageContaining("another process uses this interface");
    }
}
