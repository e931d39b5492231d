// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.ring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hotbus.bus.vdev.VdevDevice;
import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.io.RawMemory;
import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.MbufFlags;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.ethdev.EthStats;
import io.hotbus.ethdev.MacAddress;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortConfig;
import io.hotbus.testkit.Frames;
import io.hotbus.testkit.InlineControl;
import io.hotbus.testkit.RecordingPorts;
import io.hotbus.testkit.TestDma;
import io.hotbus.testkit.TestPools;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class RingDriverTest {
    private static final int BUFFERS = 8192;
    private static final int DATA_ROOM = 2048;

    private final RecordingPorts ports = new RecordingPorts(new InlineControl());
    private final RingDriver driver = new RingDriver(ports);
    private final List<VdevDevice> devices = new ArrayList<>();
    private TestPools pools;
    private Mempool pool;

    @BeforeEach
    void makePool() throws Exception {
        pools = new TestPools(new TestDma());
        pool = pools.pool(BUFFERS, DATA_ROOM);
    }

    @AfterEach
    void release() {
        devices.forEach(driver::remove);
        assertThat(pool.available()).as("free buffers, %s", pool.holders()).isEqualTo(BUFFERS);
        pools.close();
    }

    private Port attach(String devargs) throws DeviceException {
        VdevDevice device = new VdevDevice(Devargs.parse(devargs));
        driver.probe(device);
        devices.add(device);
        return ports.port(device.name()).orElseThrow();
    }

    private Port start(String devargs, int queues) throws DeviceException {
        Port port = attach(devargs);
        port.configure(new PortConfig(queues, 512, 512, pool));
        port.start();
        return port;
    }

    private int send(Port port, long... packets) {
        return port.txQueue(0).burst(pool.mempools().uncached(), packets, packets.length);
    }

    private int receive(Port port, long[] packets) {
        return port.rxQueue(0).burst(pool.mempools().uncached(), packets, packets.length);
    }

    private void free(long[] packets, int count) {
        pool.mempools().uncached().free(packets, 0, count);
    }

    @Test
    void shouldReceiveWhatItSends() throws Exception {
        Port first = start("net_ring0", 2);
        Port second = start("net_ring1", 2);

        for (int queue = 0; queue < 2; queue++) {
            assertThat(Frames.send(second, queue, pool, 100, 50)).isEqualTo(50);
            Frames.receiveAll(second, queue, pool, 100, 150);
        }
        assertThat(receive(first, new long[32])).isZero();

        long bytes = 0;
        for (long frame = 100; frame < 150; frame++) {
            bytes += 2L * Frames.length(frame);
        }
        assertThat(second.stats()).isEqualTo(new EthStats(100, bytes, 0, 0, 0, 100, bytes, 0));
        assertThat(second.link().up()).isTrue();
        assertThat(second.macAddress()).isNotEqualTo(first.macAddress());
        assertThat(second.macAddress()).matches(MacAddress::isUnicast);
    }

    @Test
    void shouldLeaveWithTheCallerWhatTheRingHasNoRoomFor() throws Exception {
        Port port = start("net_ring0", 1);

        assertThat(Frames.send(port, pool, 0, 1000)).isEqualTo(1000);
        assertThat(Frames.send(port, pool, 1000, 100)).isEqualTo(RingSet.CAPACITY - 1000);
        assertThat(Frames.send(port, pool, 0, 1)).isZero();
        assertThat(port.stats().txPackets()).isEqualTo(RingSet.CAPACITY);
        assertThat(port.stats().txErrors()).isZero();
        assertThat(pool.capacity() - pool.available()).isEqualTo(RingSet.CAPACITY);

        Frames.receiveAll(port, 0, pool, 0, RingSet.CAPACITY);
        assertThat(port.stats().rxBytes()).isEqualTo(port.stats().txBytes());
    }

    @Test
    void shouldKeepPacketsOverAStopAndGiveThemBackAtClose() throws Exception {
        Port port = start("net_ring0", 1);
        Frames.send(port, pool, 0, 100);
        port.stop();
        port.start();
        Frames.receive(port, 0, pool, 0, 40);

        port.close();

        assertThat(pool.available()).isEqualTo(BUFFERS);
    }

    @Test
    void shouldPassPacketsBetweenPortsThatShareARing() throws Exception {
        Port first = start("net_ring0,nodeaction=r:0:CREATE", 1);
        Port second = start("net_ring1,nodeaction=r:0:ATTACH", 1);

        Frames.send(first, pool, 0, 10);
        Frames.receiveAll(second, 0, pool, 0, 10);
        Frames.send(second, pool, 0, 10);
        Frames.receiveAll(first, 0, pool, 0, 10);

        Frames.send(first, pool, 0, 10);
        first.close();
        Frames.receiveAll(second, 0, pool, 0, 10);
        Frames.send(second, pool, 0, 10);
        second.close();
        assertThat(pool.available()).isEqualTo(BUFFERS);
    }

    @Test
    void shouldWireTwoPortsByTwoRings() throws Exception {
        Port first = start("net_ring0,nodeaction=a:0:CREATE,nodeaction=b:0:CREATE", 1);
        Port second = start("net_ring1,nodeaction=b:0:ATTACH,nodeaction=a:0:ATTACH", 1);

        Frames.send(first, pool, 0, 10);
        Frames.send(second, pool, 20, 10);
        Frames.receiveAll(second, 0, pool, 0, 10);
        Frames.receiveAll(first, 0, pool, 20, 30);
        assertThat(receive(first, new long[32]) + receive(second, new long[32])).isZero();

        // What is sent when no port is left to receive it comes back when the sender is closed.
        second.close();
        Frames.send(first, pool, 0, 10);
        first.close();
        assertThat(pool.available()).isEqualTo(BUFFERS);
    }

    @Test
    void shouldAttachBeforeTheCreatorAndHaveALinkWithIt() throws Exception {
        Port second = start("net_ring1,nodeaction=r:0:ATTACH", 1);
        assertThat(second.link().up()).isFalse();

        Port first = start("net_ring0,nodeaction=r:0:CREATE", 1);
        assertThat(second.link().up()).isTrue();
        Frames.send(first, pool, 0, 10);
        Frames.receiveAll(second, 0, pool, 0, 10);
        first.close();
        assertThat(second.link().up()).isFalse();
    }

    @Test
    void shouldHaveOneCreator() throws Exception {
        attach("net_ring0,nodeaction=r:0:CREATE");
        assertThatExceptionOfType(DeviceException.class)
                .isThrownBy(() -> attach("net_ring1,nodeaction=x:0:CREATE,nodeaction=r:0:CREATE"))
                .withMessage("net_ring1: ring 'r' is created by net_ring0 already (r:0:ATTACH)");

        attach("net_ring2,nodeaction=x:0:CREATE");
        driver.remove(devices.get(0));
        attach("net_ring3,nodeaction=r:0:CREATE");
    }

    @Test
    void shouldPassChainsOnAndCopyWhatIsShared() throws Exception {
        Port port = start("net_ring0", 1);
        long[] own = new long[4];
        pool.get(own, 0, 4);
        for (int i = 0; i < 4; i++) {
            RawMemory.fill(Mbuf.data(own[i]), 1500, (byte) i);
            Mbuf.setLength(own[i], 1500);
        }
        Mbuf.append(own[0], own[0], own[1]);
        Mbuf.append(own[2], own[2], own[3]);
        Mbuf.setFlags(own[2], MbufFlags.RX_TIMESTAMP);
        Mbuf.setTimestamp(own[2], 42);
        Mbuf.retain(own[2], 2);

        assertThat(send(port, own[0], own[2], own[2])).isEqualTo(3);

        long[] got = new long[4];
        assertThat(receive(port, got)).isEqualTo(3);
        assertThat(got[0]).isEqualTo(own[0]);
        assertThat(Mbuf.references(own[2])).isOne();
        for (int i = 1; i < 3; i++) {
            assertThat(got[i]).isNotEqualTo(own[2]);
            assertThat(Mbuf.references(got[i])).isOne();
            assertThat(Mbuf.length(got[i])).isEqualTo(3000);
            assertThat(Mbuf.segments(got[i])).isEqualTo(2);
            assertThat(Mbuf.timestamp(got[i])).isEqualTo(42);
            assertThat(RawMemory.getByte(Mbuf.data(got[i]) + 1499)).isEqualTo((byte) 2);
            assertThat(RawMemory.getByte(Mbuf.data(got[i]) + 1500)).isEqualTo((byte) 3);
            assertThat(RawMemory.getByte(Mbuf.data(Mbuf.next(got[i])) + 951)).isEqualTo((byte) 3);
        }
        free(got, 3);
        free(new long[] {own[2]}, 1);
        assertThat(port.stats().txBytes()).isEqualTo(9000);
    }

    @Test
    void shouldLeaveASharedPacketWithTheCallerWhereItCannotBeCopied() throws Exception {
        Port port = start("net_ring0", 1);
        long[] all = new long[BUFFERS];
        assertThat(pool.get(all, 0, BUFFERS)).isEqualTo(BUFFERS);
        Mbuf.setLength(all[0], 60);
        Mbuf.retain(all[0], 1);

        assertThat(send(port, all[0])).isZero();
        assertThat(Mbuf.references(all[0])).isEqualTo(2);
        free(all, BUFFERS);
        assertThat(send(port, all[0])).isOne();
    }

    @Test
    void shouldMakeNoPortOfWhatItDoesNotUnderstand() throws Exception {
        assertThatExceptionOfType(DeviceException.class)
                .isThrownBy(() -> attach("net_ring0,ring=r")).withMessageContaining("'ring'");
        assertThat(ports.ports()).isEmpty();
    }
}
