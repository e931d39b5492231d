// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.tap;

import io.hotbus.bus.vdev.VdevBus;
import io.hotbus.bus.vdev.VdevDevice;
import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortConfig;
import io.hotbus.netif.NetInterfaces;
import io.hotbus.os.Errno;
import io.hotbus.os.LinuxException;
import io.hotbus.os.Sockets;
import io.hotbus.testkit.Await;
import io.hotbus.testkit.InlineControl;
import io.hotbus.testkit.NetNamespace;
import io.hotbus.testkit.PacketBytes;
import io.hotbus.testkit.RealInterrupts;
import io.hotbus.testkit.RecordingPorts;
import io.hotbus.testkit.Removals;
import io.hotbus.testkit.TestOs;
import io.hotbus.testkit.TestPools;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * The driver in a network namespace of its own, with a packet socket on the kernel's side of an
 * interface. The bus's part is played by the test.
 */
final class Rig implements AutoCloseable {
    static final int ROOM = Mempool.DEFAULT_DATA_ROOM;
    private static final int AF_PACKET = 17;
    private static final int SOCK_RAW = 3;
    private static final int SOCK_NONBLOCK = 04000;
    private static final int SOL_PACKET = 263;
    private static final int PACKET_IGNORE_OUTGOING = 23;
    private static final int BURST = 32;

    /** Names of the devices that the driver has reported as plugged in. */
    final BlockingQueue<String> plugged = new LinkedBlockingQueue<>();
    final RecordingPorts ports = new RecordingPorts(new InlineControl());
    final Removals removals = new Removals(ports);
    final NetNamespace namespace = NetNamespace.create();
    final NetInterfaces interfaces;
    final Mempool pool;
    private final RealInterrupts interrupts = new RealInterrupts();
    private final TestPools pools = TestPools.real();
    private final TapDriver driver;
    private final List<VdevDevice> attached = new ArrayList<>();

    Rig() throws Exception {
        pool = pools.pool(2048);
        namespace.run("sysctl", "-qw", "net.ipv6.conf.default.disable_ipv6=1");
        interfaces = namespace.call(
                () -> new NetInterfaces(TestOs.linux(), TestOs.sockets(), interrupts));
        driver = new TapDriver(TestOs.linux(), TestOs.packets(), interrupts, interfaces,
                ports, removals, new VdevBus() {
                    @Override
                    public void plugged(String name) {
                        plugged.add(name);
                    }

                    @Override
                    public void unplugged(String name) {
                        throw new AssertionError(name);
                    }
                });
    }

    static boolean isRoot() {
        return System.getProperty("user.name").equals("root");
    }

    String awaitReturn() throws InterruptedException {
        return Optional.ofNullable(plugged.poll(Await.LIMIT.toSeconds(), TimeUnit.SECONDS))
                .orElseThrow();
    }

    Port attach(String devargs) throws Exception {
        return namespace.call(() -> {
            final VdevDevice device = new VdevDevice(Devargs.parse(devargs));
            driver.probe(device);
            attached.add(device);
            return ports.port(device.name()).orElseThrow();
        });
    }

    void detach(Port port) {
        final VdevDevice device = (VdevDevice) port.device();
        driver.remove(device);
        attached.remove(device);
    }

    /** Attaches a device, and starts its port with as many queues in each direction. */
    Port start(String devargs, int queues) throws Exception {
        final Port port = attach(devargs);
        namespace.call(() -> {
            port.configure(new PortConfig(queues, 512, 512, pool));
            port.start();
            return null;
        });
        return port;
    }

    /** Opens a packet socket on the kernel's side of an interface. */
    int open(String iface) throws Exception {
        return namespace.call(() -> {
            final Sockets sockets = TestOs.sockets();
            final int fd = sockets.open("test", AF_PACKET, SOCK_RAW | SOCK_NONBLOCK, 0);
            sockets.setOption("test", fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, 1);
            sockets.bind("test", fd, ByteBuffer.allocate(20).order(ByteOrder.nativeOrder())
                    .putShort(0, (short) AF_PACKET).putShort(2, (short) 0x0300)
                    .putInt(4, interfaces.find(iface).orElseThrow().index()));
            return fd;
        });
    }

    /** The next frame that a packet socket receives. */
    static byte[] await(int socket) {
        final ByteBuffer into = ByteBuffer.allocate(70_000);
        Await.until("a frame", () -> {
            try {
                TestOs.linux().read(socket, into);
                return true;
            } catch (LinuxException e) {
                if (e.errno() != Errno.EAGAIN && e.errno() != Errno.ENETDOWN) {
                    throw new AssertionError(e);
                }
                return false;
            }
        });
        return Arrays.copyOf(into.array(), into.position());
    }

    /** Sends a frame of those bytes, as a chain if it does not fit in a buffer. */
    void send(Port port, byte[] frame) {
        if (offer(port, frame) != 1) {
            throw new AssertionError("not sent");
        }
    }

    /** Returns how many packets were taken, 0 or 1. */
    int offer(Port port, byte[] frame) {
        final long[] mbufs = {PacketBytes.packet(pool, frame)};
        final int taken = port.txQueue(0).burst(pool.mempools().uncached(), mbufs, 1);
        pool.mempools().uncached().free(mbufs, 0, 1 - taken);
        return taken;
    }

    /** The packets of one burst. */
    List<byte[]> receive(Port port, int queue) {
        final long[] mbufs = new long[BURST];
        final int n = port.rxQueue(queue).burst(pool.mempools().uncached(), mbufs, BURST);
        final List<byte[]> frames = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            frames.add(PacketBytes.of(mbufs[i]));
        }
        pool.mempools().uncached().free(mbufs, 0, n);
        return frames;
    }

    /** A frame for all stations, with bytes that follow from its length. */
    static byte[] frame(int length) {
        final byte[] frame = new byte[length];
        for (int i = 0; i < length; i++) {
            frame[i] = (byte) (i * 7 + (i >> 8) + length);
        }
        Arrays.fill(frame, 0, 6, (byte) 0xff);
        frame[12] = (byte) 0x88;
        frame[13] = (byte) 0xb5;
        return frame;
    }

    /** Buffers that are not in the pool. */
    int missing() {
        return pool.capacity() - pool.available();
    }

    @Override
    public void close() throws Exception {
        new ArrayList<>(attached).forEach(driver::remove);
        driver.deactivate();
        interfaces.close();
        final int leases = interrupts.open();
        interrupts.close();
        namespace.close();
        final int missing = missing();
        if (missing == 0) {
            pools.close();
        }
        if (leases + missing != 0) {
            throw new AssertionError(leases + " leases and " + missing + " buffers are left");
        }
    }
}
