// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.af_packet;

import io.hotbus.bus.vdev.VdevBus;
import io.hotbus.bus.vdev.VdevDevice;
import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortConfig;
import io.hotbus.netif.NetInterfaces;
import io.hotbus.testkit.Await;
import io.hotbus.testkit.InlineControl;
import io.hotbus.testkit.NetNamespace;
import io.hotbus.testkit.PacketBytes;
import io.hotbus.testkit.RealInterrupts;
import io.hotbus.testkit.RecordingPorts;
import io.hotbus.testkit.Removals;
import io.hotbus.testkit.TestOs;
import io.hotbus.testkit.TestPools;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * The driver on real interfaces, in a network namespace of its own with the pair of interfaces
 * a0 and a1. The bus's part is played by the test.
 */
final class Rig implements AutoCloseable {
    static final int ROOM = Mempool.DEFAULT_DATA_ROOM;
    private static final int BUFFERS = 4096;
    private static final int BURST = 32;

    /** Names of the devices that the driver has reported as plugged in. */
    final BlockingQueue<String> plugged = new LinkedBlockingQueue<>();
    final RecordingPorts ports = new RecordingPorts(new InlineControl());
    final Removals removals = new Removals(ports);
    final NetNamespace namespace = NetNamespace.create();
    final Mempool pool;
    private final RealInterrupts interrupts = new RealInterrupts();
    private final TestPools pools = TestPools.real();
    private final NetInterfaces interfaces;
    final AfPacketDriver driver;
    private final List<VdevDevice> attached = new ArrayList<>();

    Rig() throws Exception {
        pool = pools.pool(BUFFERS);
        namespace.run("sysctl", "-qw", "net.ipv6.conf.default.disable_ipv6=1");
        addPair();
        interfaces = namespace.call(
                () -> new NetInterfaces(TestOs.linux(), TestOs.sockets(), interrupts));
        driver = new AfPacketDriver(TestOs.linux(), TestOs.sockets(), TestOs.packets(),
                interrupts, interfaces, ports, removals, new VdevBus() {
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

    void addPair() throws IOException {
        namespace.run("ip", "link", "add", "a0", "up", "type", "veth", "peer", "name", "a1");
        namespace.run("ip", "link", "set", "a1", "up");
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

    /** Attaches a device, and starts its port with one queue in each direction. */
    Port start(String devargs) throws Exception {
        return start(attach(devargs), new PortConfig(1, 512, 512, pool));
    }

    /** Starts a port that receives everything. */
    Port start(Port port, PortConfig config) throws Exception {
        port.setPromiscuous(true);
        port.configure(config);
        namespace.call(() -> {
            port.start();
            return null;
        });
        return port;
    }

    /** Sends a frame of those bytes, as a chain if it does not fit in a buffer. */
    void send(Port port, byte[] frame) {
        if (port.txQueue(0).burst(pool.mempools().uncached(),
                new long[] {PacketBytes.packet(pool, frame)}, 1) != 1) {
            throw new AssertionError("not sent");
        }
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

    /** Waits for the next packet of queue 0. */
    byte[] await(Port port) {
        final List<byte[]> frames = new ArrayList<>();
        Await.until("a packet on " + port, () -> frames.addAll(receive(port, 0)));
        if (frames.size() != 1) {
            throw new AssertionError(frames.size() + " packets instead of one");
        }
        return frames.get(0);
    }

    /** A frame for a station that is not there, with bytes that follow from its length. */
    static byte[] frame(int length) {
        final byte[] frame = new byte[length];
        for (int i = 0; i < length; i++) {
            frame[i] = (byte) (i * 7 + (i >> 8) + length);
        }
        frame[0] = 2;
        if (length > 13) {
            frame[12] = (byte) 0x88;
            frame[13] = (byte) 0xb5;
        }
        return frame;
    }

    /** Buffers that are not in the pool. */
    int missing() {
        return pool.capacity() - pool.available();
    }

    @Override
    public void close() throws Exception {
        new ArrayList<>(attached).forEach(device -> {
            driver.remove(device);
        });
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
