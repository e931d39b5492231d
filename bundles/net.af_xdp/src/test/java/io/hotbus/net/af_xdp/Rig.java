// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.af_xdp;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.ethdev.RxQueue;
import io.hotbus.ethdev.TxQueue;
import io.hotbus.netif.NetInterfaces;
import io.hotbus.testkit.Await;
import io.hotbus.testkit.NetNamespace;
import io.hotbus.testkit.PacketBytes;
import io.hotbus.testkit.RealInterrupts;
import io.hotbus.testkit.TestDma;
import io.hotbus.testkit.TestOs;
import io.hotbus.testkit.TestPools;
import java.util.Random;

/**
 * A device on one end of a veth pair in a network namespace of its own, with a packet socket on the
 * other end.
 */
final class Rig implements AutoCloseable {
    static final int BUFFERS = 512;
    static final int DATA_ROOM = 1024;
    static final int MTU = 9000;
    /** The number of the port, which is written into received packets. */
    private static final int PORT = 7;
    /** A type that no stack of the kernel answers. */
    private static final int LOCAL_EXPERIMENT = 0x88b5;

    final NetNamespace namespace = NetNamespace.create();
    final NetInterfaces interfaces;
    final Mempool pool;
    final XdpDev dev;
    final PacketSocket peer;
    final RxQueue rx;
    final TxQueue tx;
    private final TestDma memory = new TestDma();
    private final TestPools pools = new TestPools(memory);
    private final RealInterrupts interrupts = new RealInterrupts();

    Rig() throws Exception {
        pool = pools.pool(BUFFERS, DATA_ROOM);
        namespace.run("ip", "link", "add", "xdp0", "type", "veth", "peer", "name", "peer0");
        for (String name : new String[] {"xdp0", "peer0"}) {
            namespace.run("ip", "link", "set", name, "mtu", "" + MTU, "up");
        }
        peer = namespace.call(() -> new PacketSocket(index("peer0")));
        interfaces = namespace.call(
                () -> new NetInterfaces(TestOs.linux(), TestOs.sockets(), interrupts));
        dev = namespace.call(() -> dev("net_af_xdp0,iface=xdp0"));
        dev.portAssigned(PORT);
        rx = dev.setupRxQueue(0, 64, pool);
        tx = dev.setupTxQueue(0, 64, pool);
        namespace.call(() -> {
            dev.start();
            return null;
        });
    }

    static boolean isRoot() {
        return System.getProperty("user.name").equals("root");
    }

    /** Creates a device; to be called in the namespace. */
    XdpDev dev(String devargs) throws DeviceException {
        Devargs parsed = Devargs.parse(devargs);
        return XdpDev.of(parsed.name(), XdpArgs.parse(parsed), interfaces,
                new XskSocket.Os(TestOs.linux(), TestOs.sockets(), TestOs.packets()), memory,
                interrupts);
    }

    int index(String name) throws Exception {
        return Integer.parseInt(namespace.run("ip", "-o", "link", "show", name).split(":")[0]);
    }

    static byte[] frame(int length, int seed) {
        byte[] frame = new byte[length];
        new Random(seed).nextBytes(frame);
        frame[0] &= ~1;
        frame[12] = (byte) (LOCAL_EXPERIMENT >> Byte.SIZE);
        frame[13] = (byte) LOCAL_EXPERIMENT;
        return frame;
    }

    /** Receives the next packet that is of this test, and gives it back. */
    byte[] receive() {
        long[] one = new long[1];
        byte[][] found = new byte[1][];
        Await.until("a packet arrives", () -> {
            if (rx.burst(pool.mempools().uncached(), one, 1) == 0) {
                return false;
            }
            byte[] frame = PacketBytes.of(one[0]);
            assertThat(Mbuf.port(one[0])).isEqualTo(PORT);
            pool.mempools().uncached().free(one, 0, 1);
            if (isOurs(frame)) {
                found[0] = frame;
            }
            return found[0] != null;
        });
        return found[0];
    }

    static boolean isOurs(byte[] frame) {
        return frame[12] == (byte) (LOCAL_EXPERIMENT >> Byte.SIZE)
                && frame[13] == (byte) LOCAL_EXPERIMENT;
    }

    byte[] receiveAtPeer() {
        byte[] frame = peer.receive();
        while (!isOurs(frame)) {
            frame = peer.receive();
        }
        return frame;
    }

    @Override
    public void close() throws Exception {
        dev.close();
        interfaces.close();
        assertThat(interrupts.open()).as("leases").isZero();
        interrupts.close();
        peer.close();
        namespace.close();
        assertThat(pool.available()).isEqualTo(BUFFERS);
        pools.close();
        assertThat(memory.open()).isZero();
    }
}
