// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.virtio_user;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hotbus.bus.vdev.VdevBus;
import io.hotbus.bus.vdev.VdevDevice;
import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.hotplug.DeviceEvent;
import io.hotbus.eal.hotplug.RemovalCause;
import io.hotbus.eal.hotplug.SigbusVerdict;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortConfig;
import io.hotbus.net.virtio_user.VhostMessage.Request;
import io.hotbus.testkit.Await;
import io.hotbus.testkit.PacketBytes;
import io.hotbus.testkit.RecordingPorts;
import io.hotbus.testkit.TestOs;
import io.hotbus.testkit.TestPlatform;
import io.hotbus.testkit.TestPools;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The driver on the real platform, with a back end that the test plays. */
final class VirtioUserTest {
    private static final int RING = 64;

    @TempDir
    private Path folder;
    private final BlockingQueue<String> plugged = new LinkedBlockingQueue<>();
    private final TestPools pools = TestPools.with(Map.of("shared.memory", true));
    private TestPlatform platform;
    private RecordingPorts ports;
    private VirtioUserDriver driver;
    private Mempool pool;
    private VdevDevice device;
    private BackEnd backEnd;

    @BeforeEach
    void start() throws Exception {
        platform = new TestPlatform();
        platform.use(VdevDevice.BUS, fault -> SigbusVerdict.NOT_CLAIMED, (gone, cause) -> { });
        ports = new RecordingPorts(platform.control());
        driver = driver(pools);
        pool = pools.pool(512);
        backEnd = new BackEnd(path());
    }

    private VirtioUserDriver driver(TestPools from) {
        return new VirtioUserDriver(ports, new Platform(TestOs.linux(), TestOs.sockets(),
                platform.interrupts(), platform.control(), from.allocator(),
                platform.hotUnplug()), () -> new VdevBus() {
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

    private String path() {
        return folder.resolve("socket").toString();
    }

    @AfterEach
    void stop() throws Exception {
        backEnd.hangUp();
        if (device != null) {
            driver.remove(device);
        }
        driver.deactivate();
        assertThat(pool.available()).as("buffers, each given back once").isEqualTo(512);
        backEnd.close();
        platform.close();
        pools.close();
    }

    private Port attach() throws DeviceException {
        device = new VdevDevice(Devargs.parse("net_virtio_user0,path=" + path()));
        driver.probe(device);
        Port port = ports.port(device.name()).orElseThrow();
        port.configure(new PortConfig(1, RING, RING, pool));
        port.start();
        return port;
    }

    private Port connected() throws Exception {
        Port port = attach();
        backEnd.connect();
        Await.until("the link is up", () -> port.link().up());
        return port;
    }

    private DeviceEvent removal() throws InterruptedException {
        DeviceEvent event = platform.await(DeviceEvent.Kind.REMOVE);
        ports.onDeviceEvent(event);
        return event;
    }

    private static int send(Port port, Mempool from, byte... bytes) {
        return port.txQueue(0).burst(from.mempools().uncached(),
                new long[] {PacketBytes.packet(from, bytes)}, 1);
    }

    @Test
    void shouldShareTheQueuesAndThePoolAlone() throws Exception {
        pools.pool(32);
        Port port = connected();

        assertThat(backEnd.requests).startsWith(1, 15, 16, 17, 3, 2, 5).endsWith(18, 18);
        assertThat(backEnd.offered(0)).isEqualTo(RING - 1);
        assertThat(send(port, pool, new byte[60])).isEqualTo(1);
        assertThat(backEnd.sent(0)).hasSize(60);
    }

    @Test
    void shouldCopyAPacketOfAnotherPool() throws Exception {
        Port port = connected();
        Mempool other = pools.pool(32);
        byte[] bytes = new byte[100];
        bytes[99] = 42;

        assertThat(send(port, other, bytes)).isEqualTo(1);

        assertThat(backEnd.sent(0)).isEqualTo(bytes);
        assertThat(other.available()).isEqualTo(32);
    }

    @Test
    void shouldSendNothingWithoutABackEnd() throws Exception {
        Port port = attach();
        long[] packet = {PacketBytes.packet(pool, new byte[60])};

        assertThat(port.txQueue(0).burst(pool.mempools().uncached(), packet, 1)).isZero();
        assertThat(port.link().up()).isFalse();
        pool.mempools().uncached().free(packet, 0, 1);
    }

    @Test
    void shouldSayWhatABackEndLacksAndDialAgain() throws Exception {
        backEnd.features &= ~(1L << 15);
        Port port = attach();
        backEnd.accept().serve(Request.GET_FEATURES, 0).awaitHangUp();

        backEnd.features = BackEnd.FEATURES;
        backEnd.connect();
        Await.until("the link is up", () -> port.link().up());
    }

    @Test
    void shouldDoWithoutAcknowledgements() throws Exception {
        backEnd.protocol = 0;
        Port port = connected();

        assertThat(send(port, pool, new byte[60])).isEqualTo(1);
        assertThat(backEnd.sent(0)).hasSize(60);
    }

    @ParameterizedTest
    @CsvSource({"1, 5, 9, 0", "1, 2, 8, 0", "1, 1, 8, 0", "7, 5, 8, 0", "1, 5, 100000, 0",
        "1, 5, -1, 0"})
    void shouldHangUpOnAnAnswerThatIsNone(int request, int flags, int length, long value)
            throws Exception {
        Port port = attach();
        backEnd.accept().take();
        backEnd.send(request, flags, length, value);
        if (length == 9) {
            backEnd.send(0, 0, 0, 0);
        }
        backEnd.awaitHangUp();

        backEnd.connect();
        Await.until("the link is up", () -> port.link().up());
        assertThat(device.isGone()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"0, 5000, 72", "0, 0, 5000", "0, 0, 3", "1, 7, 0"})
    void shouldSetThePortUpAgainAfterALieInTheRing(int queue, int id, int length)
            throws Exception {
        Port port = connected();
        send(port, pool, new byte[60]);
        backEnd.use(queue, id, length);

        Await.until("the port has to be set up again", () -> {
            long[] mbufs = new long[32];
            assertThat(port.rxQueue(0).burst(pool.mempools().uncached(), mbufs, 32)).isZero();
            // So many that the queue looks for what was returned.
            for (int i = 0; i < RING; i++) {
                long[] packet = {PacketBytes.packet(pool, new byte[60])};
                if (port.txQueue(0).burst(pool.mempools().uncached(), packet, 1) == 0) {
                    pool.mempools().uncached().free(packet, 0, 1);
                }
            }
            return ports.resets().poll() != null;
        });
        // It is stopped and started, as an application does.
        Thread stopping = new Thread(port::stop);
        stopping.start();
        backEnd.serve(Request.GET_VRING_BASE, 1);
        stopping.join();
        backEnd.hangUp();
        port.start();
        backEnd.connect();
        Await.until("the link is up", () -> port.link().up());
        assertThat(send(port, pool, new byte[60])).isEqualTo(1);
    }

    @Test
    void shouldCountAsRemovedWhenTheBackEndGoesAndComeBackWithIt() throws Exception {
        Port port = connected();
        send(port, pool, new byte[60]);

        backEnd.hangUp();

        assertThat(removal().cause()).contains(RemovalCause.PEER_GONE);
        port.stop();
        driver.remove(device);
        assertThat(plugged.poll(120, TimeUnit.SECONDS)).isEqualTo("net_virtio_user0");
        connected();
    }

    @Test
    void shouldStopWithoutABackEndThatDoesNotAnswer() throws Exception {
        Port port = connected();
        long start = System.nanoTime();

        port.stop();

        assertThat(System.nanoTime() - start).isBetween(
                TimeUnit.MILLISECONDS.toNanos(1900), TimeUnit.SECONDS.toNanos(60));
        backEnd.awaitHangUp();
    }

    @Test
    void shouldAskForMemoryThatCanBeShared() throws Exception {
        try (TestPools own = TestPools.with(Map.of("hugepages", false))) {
            VirtioUserDriver other = driver(own);
            VdevDevice refused = new VdevDevice(
                    Devargs.parse("net_virtio_user1,path=" + path()));
            assertThatExceptionOfType(DeviceException.class)
                    .isThrownBy(() -> other.probe(refused))
                    .withMessageContainingAll("net_virtio_user1", "vm.nr_hugepages",
                            "shared.memory=true");
            other.deactivate();
        }
    }
}
