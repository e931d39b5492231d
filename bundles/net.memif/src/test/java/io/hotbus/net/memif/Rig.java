// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.memif;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.bus.vdev.VdevBus;
import io.hotbus.bus.vdev.VdevDevice;
import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.hotplug.DeviceEvent;
import io.hotbus.eal.hotplug.SigbusVerdict;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortConfig;
import io.hotbus.testkit.Await;
import io.hotbus.testkit.RecordingPorts;
import io.hotbus.testkit.TestOs;
import io.hotbus.testkit.TestPlatform;
import io.hotbus.testkit.TestPools;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * The driver on the real platform: SIGBUS handler, windows, threads, sockets and ports. The test
 * plays the bus.
 */
final class Rig implements AutoCloseable {
    static final int RING = 256;

    /** The names of devices whose peer was reported as back. */
    final BlockingQueue<String> plugged = new LinkedBlockingQueue<>();
    /** A name in the abstract namespace that no other test uses. */
    final String socket = "hotbus-test-" + UUID.randomUUID();
    final TestPlatform platform = new TestPlatform();
    final RecordingPorts ports = new RecordingPorts(platform.control());
    final Platform services = new Platform(TestOs.linux(), TestOs.sockets(),
            platform.interrupts(), platform.control(), platform.mapper(), platform.hotUnplug());
    final MemifDriver driver = new MemifDriver(ports, services, () -> new VdevBus() {
        @Override
        public void plugged(String name) {
            plugged.add(name);
        }

        @Override
        public void unplugged(String name) {
            throw new AssertionError(name);
        }
    });
    private final TestPools pools = TestPools.real();
    private final List<VdevDevice> attached = new CopyOnWriteArrayList<>();

    Rig() throws Exception {
        platform.use(VdevDevice.BUS,
                fault -> attached.stream().anyMatch(device ->
                        device.windows().find(fault.address()).isPresent())
                        ? SigbusVerdict.REMOVED : SigbusVerdict.NOT_CLAIMED,
                (device, cause) -> {
                    try {
                        platform.mapper().replace(device.windows());
                    } catch (IOException e) {
                        throw new DeviceException(e.getMessage(), e);
                    }
                });
    }

    /** Attaches a device on {@link #socket}. */
    VdevDevice attach(String devargs) throws DeviceException {
        VdevDevice device = new VdevDevice(Devargs.parse(devargs + ",socket=" + socket));
        driver.probe(device);
        attached.add(device);
        return device;
    }

    void detach(VdevDevice device) {
        driver.remove(device);
        attached.remove(device);
    }

    Mempool pool(int buffers) throws IOException {
        return pools.pool(buffers);
    }

    Mempool pool(int buffers, int dataRoom) throws IOException {
        return pools.pool(buffers, dataRoom);
    }

    /** Attaches, configures and starts. */
    Port start(String devargs, int queues, Mempool pool) throws DeviceException {
        Port port = ports.port(attach(devargs).name()).orElseThrow();
        port.configure(new PortConfig(queues, RING, RING, pool));
        port.start();
        return port;
    }

    VdevDevice device(Port port) {
        return (VdevDevice) port.device();
    }

    static void awaitUp(Port... up) {
        for (Port port : up) {
            Await.until("link of " + port + " is up", () -> port.link().up());
        }
    }

    static void awaitDown(Port port) {
        Await.until("link of " + port + " is down", () -> !port.link().up());
    }

    /** Lets a good client connect and send a frame: the server is as good as new. */
    void assertServes(Port server, Mempool pool) throws Exception {
        try (Peer good = new Peer(this, true).connect()) {
            awaitUp(server);
            good.describe(0, 0, 0, 0, 60, Peer.BUFFERS);
            good.head(0, 1);
            long[] mbufs = new long[1];
            Await.until("the frame has come", () ->
                    server.rxQueue(0).burst(pool.mempools().uncached(), mbufs, 1) == 1);
            pool.mempools().uncached().free(mbufs, 0, 1);
            assertThat(good.tail(0)).isEqualTo(1);
            good.send(new Message.Disconnect("bye"));
            awaitDown(server);
        }
    }

    /** Waits for the removal of a device, and tells the ports. */
    DeviceEvent removal() throws InterruptedException {
        DeviceEvent event = platform.await(DeviceEvent.Kind.REMOVE);
        ports.onDeviceEvent(event);
        return event;
    }

    @Override
    public void close() throws Exception {
        new ArrayList<>(attached).forEach(this::detach);
        driver.deactivate();
        platform.close();
        pools.close();
    }
}
