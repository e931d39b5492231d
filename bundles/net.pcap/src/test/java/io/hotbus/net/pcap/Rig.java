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
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.io.RawMemory;
import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortConfig;
import io.hotbus.os.Linux;
import io.hotbus.testkit.InlineControl;
import io.hotbus.testkit.RecordingPorts;
import io.hotbus.testkit.TestDma;
import io.hotbus.testkit.TestPools;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import org.slf4j.LoggerFactory;

/** The driver with real files, ports and buffers, and a bus that records what it is told. */
final class Rig implements VdevBus, AutoCloseable {
    static final int BUFFERS = 4096;
    private static final int BURST = 32;

    final RecordingPorts ports = new RecordingPorts(new InlineControl());
    final PcapDriver driver;
    final Mempool pool;
    final BlockingQueue<String> plugged = new LinkedBlockingQueue<>();
    final BlockingQueue<String> unplugged = new LinkedBlockingQueue<>();
    final List<String> log = new CopyOnWriteArrayList<>();
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
        driver = new PcapDriver(linux, ports, () -> this);
        pool = pools.pool(BUFFERS, dataRoom);
        appender.start();
        logger.addAppender(appender);
        logger.setLevel(Level.INFO);
    }

    @Override
    public void plugged(String name) {
        plugged.add(name);
    }

    @Override
    public void unplugged(String name) {
        unplugged.add(name);
    }

    Port attach(String devargs) throws DeviceException {
        VdevDevice device = new VdevDevice(Devargs.parse(devargs));
        driver.probe(device);
        devices.add(device);
        return ports.port(device.name()).orElseThrow();
    }

    Port start(String devargs) throws DeviceException {
        return start(devargs, 1);
    }

    Port start(String devargs, int queues) throws DeviceException {
        Port port = attach(devargs);
        port.configure(new PortConfig(queues, 512, 512, pool));
        port.start();
        return port;
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
                frames.add(bytes(packets[i]));
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

    static byte[] bytes(long packet) {
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

    /** A packet of one segment with these bytes. */
    long packet(byte[] bytes) {
        long[] one = new long[1];
        assertThat(pool.get(one, 0, 1)).isOne();
        RawMemory.copy(bytes, 0, Mbuf.data(one[0]), bytes.length);
        Mbuf.setLength(one[0], bytes.length);
        return one[0];
    }

    /** Detaches all devices and checks that all buffers are back. */
    @Override
    public void close() {
        List.copyOf(devices).forEach(driver::remove);
        driver.deactivate();
        logger.setLevel(null);
        logger.detachAppender(appender);
        assertThat(pool.available()).as("free buffers, %s", pool.holders()).isEqualTo(BUFFERS);
        pools.close();
    }
}
