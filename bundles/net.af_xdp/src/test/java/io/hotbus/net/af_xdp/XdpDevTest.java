// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.af_xdp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.io.RawMemory;
import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.ethdev.RxQueue;
import io.hotbus.ethdev.TxQueue;
import io.hotbus.netif.NetInterfaces;
import io.hotbus.testkit.Await;
import io.hotbus.testkit.NetNamespace;
import io.hotbus.testkit.TestDma;
import io.hotbus.testkit.TestInterrupts;
import io.hotbus.testkit.TestOs;
import io.hotbus.testkit.TestPools;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Exchanges real frames over a veth pair: one end is the port, the other a packet socket. */
@Timeout(60)
@EnabledIf("isRoot")
class XdpDevTest {
    private static final int BUFFERS = 512;
    private static final int DATA_ROOM = 1024;
    private static final int MTU = 9000;
    /** A type that no stack of the kernel answers. */
    private static final int LOCAL_EXPERIMENT = 0x88b5;

    private final TestDma memory = new TestDma();
    private final TestPools pools = new TestPools(memory);
    private final Mempool pool;
    private final long[] mbufs = new long[BUFFERS];
    private NetNamespace namespace;
    private final TestInterrupts interrupts = new TestInterrupts();
    private NetInterfaces interfaces;
    private XdpDev dev;
    private PacketSocket peer;
    private RxQueue rx;
    private TxQueue tx;

    static boolean isRoot() {
        return System.getProperty("user.name").equals("root");
    }

    XdpDevTest() throws Exception {
        pool = pools.pool(BUFFERS, DATA_ROOM);
    }

    @BeforeEach
    void open() throws Exception {
        namespace = NetNamespace.create();
        namespace.run("ip", "link", "add", "xdp0", "type", "veth", "peer", "name", "peer0");
        for (String name : new String[] {"xdp0", "peer0"}) {
            namespace.run("ip", "link", "set", name, "mtu", "" + MTU, "up");
        }
        namespace.call(() -> {
            peer = new PacketSocket(index("peer0"));
            interfaces = new NetInterfaces(TestOs.linux(), TestOs.sockets(), interrupts);
            dev = dev("net_af_xdp0,iface=xdp0");
            dev.portAssigned(7);
            rx = dev.setupRxQueue(0, 64, pool);
            tx = dev.setupTxQueue(0, 64, pool);
            dev.start();
            return null;
        });
    }

    @AfterEach
    void close() throws Exception {
        dev.close();
        interfaces.close();
        interrupts.close();
        peer.close();
        namespace.close();
        assertThat(pool.available()).isEqualTo(BUFFERS);
        pools.close();
        assertThat(memory.open()).isZero();
    }

    private XdpDev dev(String devargs) throws DeviceException {
        Devargs parsed = Devargs.parse(devargs);
        return XdpDev.of(parsed.name(), XdpArgs.parse(parsed), interfaces,
                new XskSocket.Os(TestOs.linux(), TestOs.sockets(), TestOs.packets()), memory);
    }

    private int index(String name) throws Exception {
        return Integer.parseInt(namespace.run("ip", "-o", "link", "show", name).split(":")[0]);
    }

    private static byte[] frame(int length, int seed) {
        byte[] frame = new byte[length];
        new Random(seed).nextBytes(frame);
        frame[0] &= ~1;
        frame[12] = (byte) (LOCAL_EXPERIMENT >> Byte.SIZE);
        frame[13] = (byte) LOCAL_EXPERIMENT;
        return frame;
    }

    private static byte[] bytes(long packet) {
        byte[] bytes = new byte[Mbuf.length(packet)];
        long segment = packet;
        int at = 0;
        for (int left = Mbuf.segments(packet); left > 0; left--) {
            RawMemory.copy(Mbuf.data(segment), bytes, at, Mbuf.segmentLength(segment));
            at += Mbuf.segmentLength(segment);
            segment = Mbuf.next(segment);
        }
        return bytes;
    }

    /** Receives the next packet that is of this test, and gives it back. */
    private byte[] receive() {
        long[] one = new long[1];
        byte[][] found = new byte[1][];
        Await.until("a packet arrives", () -> {
            if (rx.burst(pool.mempools().uncached(), one, 1) == 0) {
                return false;
            }
            byte[] frame = bytes(one[0]);
            assertThat(Mbuf.port(one[0])).isEqualTo(7);
            pool.mempools().uncached().free(one, 0, 1);
            if (isOurs(frame)) {
                found[0] = frame;
            }
            return found[0] != null;
        });
        return found[0];
    }

    private static boolean isOurs(byte[] frame) {
        return frame[12] == (byte) (LOCAL_EXPERIMENT >> Byte.SIZE)
                && frame[13] == (byte) LOCAL_EXPERIMENT;
    }

    private byte[] receiveAtPeer() {
        byte[] frame = peer.receive();
        while (!isOurs(frame)) {
            frame = peer.receive();
        }
        return frame;
    }

    /** Makes a packet, in buffers of at most {@code room} bytes. */
    private long packet(byte[] frame, int room) {
        long packet = 0;
        long last = 0;
        for (int at = 0; at < frame.length; at += room) {
            int length = Math.min(room, frame.length - at);
            long[] one = new long[1];
            assertThat(pool.get(one, 0, 1)).isOne();
            Mbuf.reset(one[0]);
            Mbuf.setLength(one[0], length);
            RawMemory.copy(frame, at, Mbuf.data(one[0]), length);
            if (packet == 0) {
                packet = one[0];
            } else {
                Mbuf.append(packet, last, one[0]);
            }
            last = one[0];
        }
        return packet;
    }

    @ParameterizedTest
    @ValueSource(ints = {14, 60, 61, 1024, 1025, 1514, 3840, 3841, 9014})
    void shouldReceiveFramesOfEveryLength(int length) throws Exception {
        byte[] sent = frame(length, length);
        peer.send(sent);

        assertArrayEquals(sent, receive());
        assertThat(dev.stats().rxErrors()).isZero();
        assertThat(dev.stats().missed()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {14, 60, 61, 1024, 1025, 1514, 4096, 4097, 9014})
    void shouldSendFramesOfEveryLength(int length) {
        byte[] wanted = frame(length, length);
        long[] one = {packet(wanted, 700)};

        assertThat(tx.burst(pool.mempools().uncached(), one, 1)).isOne();

        assertArrayEquals(wanted, receiveAtPeer());
        assertThat(dev.stats().txPackets()).isOne();
        assertThat(dev.stats().txBytes()).isEqualTo(length);
    }

    @Test
    void shouldCountAFrameThatIsTooLong() {
        long[] two = {packet(frame(MTU + 19, 1), DATA_ROOM), packet(frame(60, 2), DATA_ROOM)};

        assertThat(tx.burst(pool.mempools().uncached(), two, 2)).isEqualTo(2);

        assertArrayEquals(frame(60, 2), receiveAtPeer());
        assertThat(dev.stats().txPackets()).isOne();
        assertThat(dev.stats().txErrors()).isOne();
    }

    @Test
    void shouldSendMoreThanTheRingHas() {
        long[] one = new long[1];
        for (int i = 0; i < 1000; i++) {
            one[0] = packet(frame(60 + i, i), DATA_ROOM);
            Await.until("the ring has room",
                    () -> tx.burst(pool.mempools().uncached(), one, 1) == 1);
            assertArrayEquals(frame(60 + i, i), receiveAtPeer());
        }
    }

    @Test
    void shouldKeepFramesInTheRingWhileThePoolIsEmpty() throws Exception {
        int all = pool.get(mbufs, 0, BUFFERS);
        peer.send(frame(2000, 1));
        long[] one = new long[1];
        pool.put(mbufs, 0, 1);
        Await.until("a buffer is missing", () -> {
            rx.burst(pool.mempools().uncached(), one, 1);
            return dev.stats().noMbuf() > 0;
        });
        assertThat(pool.available()).isOne();
        pool.put(mbufs, 1, all - 1);

        assertArrayEquals(frame(2000, 1), receive());
    }

    @Test
    void shouldCountWhatTheKernelDropped() throws Exception {
        for (int i = 0; i < 200; i++) {
            peer.send(frame(60, i));
        }
        Await.until("frames are dropped", () -> dev.stats().missed() > 0);
        dev.stop();
        assertThat(dev.stats().missed()).isPositive();
        dev.resetStats();
        assertThat(dev.stats().missed()).isZero();
    }

    @Test
    void shouldPassFramesToTheKernelWhileItIsStopped() throws Exception {
        dev.stop();
        assertThat(rx.burst(pool.mempools().uncached(), mbufs, 1)).isZero();
        namespace.call(() -> {
            try (PacketSocket stack = new PacketSocket(index("xdp0"))) {
                peer.send(frame(60, 1));
                byte[] frame = stack.receive();
                while (!isOurs(frame)) {
                    frame = stack.receive();
                }
                assertArrayEquals(frame(60, 1), frame);
            }
            dev.start();
            return null;
        });
        peer.send(frame(60, 2));
        assertArrayEquals(frame(60, 2), receive());
    }

    @Test
    void shouldTellWhatTheInterfaceIs() throws Exception {
        assertThat(dev.info().mtu()).isEqualTo(MTU);
        assertThat(dev.info().macAddress().toString())
                .isEqualToIgnoringCase(namespace.run("cat", "/sys/class/net/xdp0/address").strip());
        Await.until("the link is up", () -> dev.link().up());
    }

    @Test
    void shouldStartAtOnceAfterAStop() throws Exception {
        namespace.call(() -> {
            for (int i = 0; i < 20; i++) {
                dev.stop();
                dev.start();
            }
            return null;
        });
        peer.send(frame(60, 1));
        assertArrayEquals(frame(60, 1), receive());
    }

    @Test
    void shouldFollowAnMtuThatAnotherProgramSets() throws Exception {
        namespace.run("ip", "link", "set", "xdp0", "mtu", "1000");
        dev.changed(interfaces.find("xdp0").orElseThrow());
        long[] two = {packet(frame(1019, 1), DATA_ROOM), packet(frame(1018, 2), DATA_ROOM)};

        assertThat(tx.burst(pool.mempools().uncached(), two, 2)).isEqualTo(2);

        assertArrayEquals(frame(1018, 2), receiveAtPeer());
        assertThat(dev.stats().txErrors()).isOne();
        namespace.call(() -> {
            dev.stop();
            dev.start();
            return null;
        });
        assertThat(namespace.run("ip", "link", "show", "xdp0")).contains("mtu 1000");
    }

    @Test
    void shouldSetTheMtuOfTheInterface() throws Exception {
        namespace.call(() -> {
            dev.stop();
            dev.setMtu(2000);
            dev.start();
            return null;
        });

        assertThat(namespace.run("ip", "link", "show", "xdp0")).contains("mtu 2000");
    }

    @Test
    void shouldRefuseAnInterfaceThatHasAProgram() {
        assertThatExceptionOfType(DeviceException.class)
                .isThrownBy(() -> namespace.call(() -> dev("net_af_xdp1,iface=xdp0")))
                .withMessage("net_af_xdp1: bpf(program on net_af_xdp1 on xdp0): EBUSY (Device or "
                        + "resource busy); the interface has an XDP program already (ip link): "
                        + "remove it");
    }

    @Test
    void shouldRefuseAnInterfaceThatIsNotThere() {
        assertThatExceptionOfType(DeviceException.class)
                .isThrownBy(() -> namespace.call(() -> dev("net_af_xdp1,iface=nowhere")))
                .withMessage("net_af_xdp1: there is no network interface nowhere (ip link)");
    }

    @Test
    void shouldRefuseAnInterfaceWithoutEthernetFrames() throws Exception {
        namespace.run("ip", "tuntap", "add", "t0", "mode", "tun");
        assertThatExceptionOfType(DeviceException.class)
                .isThrownBy(() -> namespace.call(() -> dev("net_af_xdp1,iface=t0")))
                .withMessage("net_af_xdp1: the frames of t0 are not Ethernet frames");
    }

    @Test
    void shouldSayWhichQueueItCannotStart() throws Exception {
        dev.close();
        XdpDev second = namespace.call(() -> dev("net_af_xdp1,iface=xdp0,start_queue=5"));
        second.setupRxQueue(0, 64, pool);

        assertThatExceptionOfType(DeviceException.class)
                .isThrownBy(() -> namespace.call(() -> {
                    second.start();
                    return null;
                }))
                .withMessage("net_af_xdp1: queue 5 of interface xdp0 cannot be started: bind("
                        + "net_af_xdp1 queue 0): EINVAL (Invalid argument)");
        second.close();
    }

    @Test
    void shouldRemoveTheProgramWhenItIsClosed() throws Exception {
        assertThat(namespace.run("ip", "link", "show", "xdp0")).contains("xdp");
        dev.close();
        assertThat(namespace.run("ip", "link", "show", "xdp0")).doesNotContain("prog/xdp");
    }
}
