// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.pcap;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.hotbus.bus.vdev.VdevBus;
import io.hotbus.bus.vdev.VdevDevice;
import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortConfig;
import io.hotbus.netif.NetInterfaces;
import io.hotbus.netif.packet.PacketOs;
import io.hotbus.os.Linux;
import io.hotbus.testkit.Await;
import io.hotbus.testkit.InlineControl;
import io.hotbus.testkit.NetNamespace;
import io.hotbus.testkit.PacketBytes;
import io.hotbus.testkit.RecordingPorts;
import io.hotbus.testkit.Removals;
import io.hotbus.testkit.TestDma;
import io.hotbus.testkit.TestInterrupts;
import io.hotbus.testkit.TestOs;
import io.hotbus.testkit.TestPools;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import org.slf4j.LoggerFactory;

/**
 * The driver with real files, ports and buffers, and a bus that records what it is told; and, if
 * asked for, with real interfaces in a network namespace of its own: the pair a0 and a1.
 */
final class Rig implements VdevBus, AutoCloseable {
    static final int BUFFERS = 4096;
    private static final int BURST = 32;

    final RecordingPorts ports = new RecordingPorts(new InlineControl());
    final Removals removals = new Removals(ports);
    final PcapDriver driver;
    final Mempool pool;
    final BlockingQueue<String> plugged = new LinkedBlockingQueue<>();
    final BlockingQueue<String> unplugged = new LinkedBlockingQueue<>();
    final List<String> log = new CopyOnWriteArrayList<>();
    /** Null without interfaces. */
    final NetNamespace namespace;
    private final TestInterrupts interrupts = new TestInterrupts();
    private final NetInterfaces interfaces;
    private final TestPools pools = new TestPools(new TestDma());
    private final List<VdevDevice> devices = new ArrayList<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger("io.hotbus.net.pcap");
    private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            log.add(event.getFormattedMessage());
        }
    };

    Rig(Linux linux, int dataRoom) throws Exception {
        this(linux, dataRoom, null);
    }

    private Rig(Linux linux, int dataRoom, NetNamespace namespace) throws Exception {
        this.namespace = namespace;
        interfaces = inside(
                () -> new NetInterfaces(TestOs.linux(), TestOs.sockets(), interrupts));
        driver = new PcapDriver(new PacketOs(linux, TestOs.sockets(), TestOs.packets()),
                interrupts, interfaces, ports, removals, () -> this);
        pool = pools.pool(BUFFERS, dataRoom);
        appender.start();
        logger.addAppender(appender);
        logger.setLevel(Level.INFO);
    }

    /** A rig with interfaces. */
    static Rig live() throws Exception {
        NetNamespace namespace = NetNamespace.create();
        namespace.run("sysctl", "-qw", "net.ipv6.conf.default.disable_ipv6=1");
        Rig rig = new Rig(TestOs.linux(), Mempool.DEFAULT_DATA_ROOM, namespace);
        rig.addPair();
        return rig;
    }

    static boolean isRoot() {
        return System.getProperty("user.name").equals("root");
    }

    void addPair() throws IOException {
        namespace.run("ip", "link", "add", "a0", "up", "type", "veth", "peer", "name", "a1");
        namespace.run("ip", "link", "set", "a1", "up");
    }

    private <T> T inside(Callable<T> body) throws Exception {
        return namespace == null ? body.call() : namespace.call(body);
    }

    @Override
    public void plugged(String name) {
        plugged.add(name);
    }

    @Override
    public void unplugged(String name) {
        unplugged.add(name);
    }

    Port attach(String devargs) throws Exception {
        return inside(() -> {
            VdevDevice device = new VdevDevice(Devargs.parse(devargs));
            driver.probe(device);
            devices.add(device);
            return ports.port(device.name()).orElseThrow();
        });
    }

    Port start(String devargs) throws Exception {
        return start(devargs, 1);
    }

    Port start(String devargs, int queues) throws Exception {
        Port port = attach(devargs);
        port.configure(new PortConfig(queues, 512, 512, pool));
        start(port);
        return port;
    }

    void start(Port port) throws Exception {
        inside(() -> {
            port.start();
            return null;
        });
    }

    /** Releases the device, as the bus does when it was removed or is detached. */
    void detach(Port port) {
        VdevDevice device = (VdevDevice) port.device();
        driver.remove(device);
        devices.remove(device);
    }

    int receive(Port port, int queue, long[] packets) {
        return port.rxQueue(queue).burst(pool.mempools().uncached(), packets, packets.length);
    }

    int send(Port port, int queue, long... packets) {
        return port.txQueue(queue).burst(pool.mempools().uncached(), packets, packets.length);
    }

    void free(long[] packets, int count) {
        pool.mempools().uncached().free(packets, 0, count);
    }

    /** Receives until there is nothing left; returns the bytes of the frames. */
    List<byte[]> receiveAll(Port port) {
        List<byte[]> frames = new ArrayList<>();
        long[] packets = new long[BURST];
        for (int n = receive(port, 0, packets); n > 0; n = receive(port, 0, packets)) {
            for (int i = 0; i < n; i++) {
                frames.add(PacketBytes.of(packets[i]));
                assertThat(Mbuf.port(packets[i])).isEqualTo(port.id());
            }
            free(packets, n);
        }
        return frames;
    }

    /** Forwards from one port to another, until there is nothing left. Returns how many frames. */
    int forward(Port from, Port to) {
        int total = 0;
        long[] packets = new long[BURST];
        for (int n = receive(from, 0, packets); n > 0; n = receive(from, 0, packets)) {
            long[] burst = Arrays.copyOf(packets, n);
            assertThat(send(to, 0, burst)).isEqualTo(n);
            total += n;
        }
        return total;
    }

    /** Waits for as many frames, and returns all that came by then. */
    List<byte[]> await(Port port, int count) {
        List<byte[]> frames = new ArrayList<>();
        Await.until(count + " frames on " + port, () -> {
            frames.addAll(receiveAll(port));
            return frames.size() >= count;
        });
        return frames;
    }

    private void closeInterfaces() {
        try {
            interfaces.close();
            int leases = interrupts.open();
            interrupts.close();
            if (namespace != null) {
                namespace.close();
            }
            assertThat(leases).as("watched descriptors").isZero();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Detaches all devices and checks that all buffers are back. */
    @Override
    public void close() {
        List.copyOf(devices).forEach(driver::remove);
        driver.deactivate();
        closeInterfaces();
        logger.setLevel(null);
        logger.detachAppender(appender);
        assertThat(pool.available()).as("free buffers, %s", pool.holders()).isEqualTo(BUFFERS);
        pools.close();
    }
}
