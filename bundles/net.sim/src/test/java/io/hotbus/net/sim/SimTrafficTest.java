// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hotbus.bus.vdev.VdevDevice;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.io.RawMemory;
import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortConfig;
import io.hotbus.testkit.Frames;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class SimTrafficTest {
    private static final int BURST = 32;
    /** What a receive ring holds: one descriptor stays empty. */
    private static final int RX_ROOM = Rig.RING - 1;

    private final long[] mbufs = new long[BURST];
    private Rig rig;
    private Mempool pool;

    @BeforeEach
    void setUp() throws Exception {
        rig = new Rig();
        pool = rig.pool(8192);
    }

    @AfterEach
    void tearDown() throws Exception {
        rig.close();
    }

    /** Receives and checks frames; returns the number of the frame expected next. */
    private long receive(Port port, int queue, long expected) {
        return Frames.receive(port, queue, pool, expected, BURST);
    }

    private void receiveAll(Port port, int queue, long from, long to) {
        Frames.receiveAll(port, queue, pool, from, to);
    }

    private void carry(Port from, Port to, int queue, long first, long end) {
        long sent = first;
        long received = first;
        long start = System.nanoTime();
        while (received < end && System.nanoTime() - start < 60_000_000_000L) {
            int burst = (int) Math.min(1 + sent % BURST, end - sent);
            sent += Frames.send(from, queue, pool, sent, burst);
            received = receive(to, queue, received);
        }
        assertThat(received).isEqualTo(end);
    }

    private void detachAll() {
        for (Port port : rig.ports.ports()) {
            rig.detach((VdevDevice) port.device());
        }
        assertThat(pool.available()).as("buffers that came back").isEqualTo(pool.capacity());
    }

    @Test
    void shouldCarryFramesIntactAndInOrder() throws Exception {
        Port a = rig.start("net_sim0,peer=net_sim1", pool);
        Port b = rig.start("net_sim1", pool);

        carry(a, b, 0, 0, 20_000);
        carry(b, a, 0, 0, 5_000);

        assertThat(b.stats().rxPackets()).isEqualTo(20_000);
        assertThat(a.stats().txPackets()).isEqualTo(20_000);
        assertThat(b.stats().rxBytes()).isEqualTo(a.stats().txBytes()).isPositive();
        assertThat(a.stats().rxPackets()).isEqualTo(5_000);
        assertThat(b.stats().missed() + b.stats().rxErrors() + a.stats().txErrors()).isZero();
        detachAll();
    }

    @Test
    void shouldLoopBack() throws Exception {
        Port port = rig.start("net_sim0,loopback=1", pool);
        assertThat(port.link().up()).isTrue();

        carry(port, port, 0, 0, 5_000);

        detachAll();
    }

    @Test
    void shouldKeepQueuesApart() throws Exception {
        Port a = rig.start("net_sim0,queues=3,peer=net_sim1", pool);
        Port b = rig.start("net_sim1,queues=3", pool);

        for (int queue = 0; queue < 3; queue++) {
            carry(a, b, queue, 1000 * queue, 1000 * queue + 500 + queue);
        }

        assertThat(b.xstats()).containsEntry("rx_q0_packets", 500L)
                .containsEntry("rx_q1_packets", 501L).containsEntry("rx_q2_packets", 502L);
        detachAll();
    }

    @Test
    void shouldSpreadOverTheQueuesThePeerHas() throws Exception {
        Port a = rig.start("net_sim0,queues=4,peer=net_sim1", pool);
        Port b = rig.start("net_sim1,queues=2", pool);

        assertThat(Frames.send(a, 3, pool, 0, 10)).isEqualTo(10);

        receiveAll(b, 1, 0, 10);
        detachAll();
    }

    @Test
    void shouldForgetQueuesOfAnEarlierSetUp() throws Exception {
        Port a = rig.start("net_sim0,queues=2,peer=net_sim1", pool);
        Port b = rig.start("net_sim1,queues=2", pool);
        b.stop();
        b.configure(new PortConfig(1, Rig.RING, Rig.RING, pool));
        b.start();

        assertThat(Frames.send(a, 1, pool, 0, 10)).isEqualTo(10);

        receiveAll(b, 0, 0, 10);
        detachAll();
    }

    @Test
    void shouldHoldTheSenderBackWithoutLoss() throws Exception {
        Port a = rig.start("net_sim0,peer=net_sim1", pool);
        Port b = rig.start("net_sim1", pool);

        long[] sent = {0};
        assertThat(Rig.eventually(() -> {
            sent[0] += Frames.send(a, 0, pool, sent[0], BURST);
            return sent[0] >= 2 * RX_ROOM - BURST;
        })).isTrue();
        receiveAll(b, 0, 0, sent[0]);

        assertThat(b.stats().missed()).isZero();
        detachAll();
    }

    @Test
    void shouldDropAndCountWithoutFlowControl() throws Exception {
        Port a = rig.start("net_sim0,peer=net_sim1", pool);
        Port b = rig.start("net_sim1,flow_control=0", pool);

        long[] sent = {0};
        assertThat(Rig.eventually(() ->
                (sent[0] += Frames.send(a, 0, pool, sent[0], BURST)) >= 1000)).isTrue();

        assertThat(Rig.eventually(() -> b.stats().missed() == sent[0] - RX_ROOM)).isTrue();
        receiveAll(b, 0, 0, RX_ROOM);
        b.resetStats();
        assertThat(b.stats().missed()).isZero();
        detachAll();
    }

    @Test
    void shouldNotReadMemoryThatIsNotMapped() throws Exception {
        Port a = rig.start("net_sim0,peer=net_sim1", pool);
        Port b = rig.start("net_sim1", pool);
        Mempool foreign = rig.pool(64);
        long[] theirs = new long[1];
        foreign.get(theirs, 0, 1);
        long[] bad = new long[1];
        pool.get(bad, 0, 1);
        Frames.write(bad[0], 1);
        Tampered iova = Tampered.point(bad[0], theirs[0]);

        a.txQueue(0).burst(pool.mempools().uncached(), bad, 1);
        iova.restore();

        assertThat(Rig.eventually(() -> a.stats().txErrors() == 1)).isTrue();
        assertThat(Frames.send(a, 0, pool, 7, 1)).isEqualTo(1);
        receiveAll(b, 0, 7, 8);
        assertThat(b.stats().rxPackets()).isEqualTo(1);
        detachAll();
    }

    @Test
    void shouldNotWriteMemoryThatIsNotMapped() throws Exception {
        Mempool foreign = rig.pool(64);
        long[] theirs = new long[1];
        foreign.get(theirs, 0, 1);
        RawMemory.fill(Mbuf.data(theirs[0]), 2048, (byte) 0x5a);
        long[] all = new long[pool.capacity()];
        assertThat(pool.get(all, 0, all.length)).isEqualTo(all.length);
        Tampered iova = Tampered.point(all[0], theirs[0]);
        pool.put(all, 0, all.length);
        // The receiver comes first, so the first buffers of the pool go into its ring.
        Port b = rig.start("net_sim1", pool);
        Port a = rig.start("net_sim0,peer=net_sim1", pool);

        assertThat(Rig.eventually(() -> {
            int sent = Frames.send(a, 0, pool, 0, BURST);
            int n = b.rxQueue(0).burst(pool.mempools().uncached(), mbufs, sent);
            pool.put(mbufs, 0, n);
            return b.stats().rxErrors() > 0;
        })).isTrue();

        iova.restore();
        for (int i = 0; i < 2048; i++) {
            assertThat(RawMemory.getByte(Mbuf.data(theirs[0]) + i)).isEqualTo((byte) 0x5a);
        }
        detachAll();
    }

    /** A buffer whose header names memory that is not its own. */
    private record Tampered(long mbuf, long iova) {
        static Tampered point(long mbuf, long elsewhere) {
            Tampered tampered = new Tampered(mbuf, RawMemory.getLong(mbuf));
            RawMemory.putLong(mbuf, elsewhere);
            return tampered;
        }

        void restore() {
            RawMemory.putLong(mbuf, iova);
        }
    }

    @Test
    void shouldNotSendEmptyFrames() throws Exception {
        Port port = rig.start("net_sim0,loopback=1", pool);
        long[] empty = new long[1];
        pool.get(empty, 0, 1);

        assertThat(port.txQueue(0).burst(pool.mempools().uncached(), empty, 1)).isEqualTo(1);

        assertThat(Rig.eventually(() -> port.stats().txErrors() == 1)).isTrue();
        detachAll();
    }

    @Test
    void shouldSendNowhereWithoutLink() throws Exception {
        Port port = rig.start("net_sim0", pool);
        assertThat(port.link().up()).isFalse();

        long[] sent = {0};
        assertThat(Rig.eventually(() ->
                (sent[0] += Frames.send(port, 0, pool, sent[0], BURST)) >= 1000)).isTrue();

        assertThat(Rig.eventually(() -> port.xstats().get("tx_no_link") == sent[0])).isTrue();
        detachAll();
    }

    @Test
    void shouldGoOnAfterStopAndStart() throws Exception {
        Port a = rig.start("net_sim0,peer=net_sim1", pool);
        Port b = rig.start("net_sim1", pool);
        for (int round = 0; round < 5; round++) {
            carry(a, b, 0, 0, 1000);
            Frames.send(a, 0, pool, 0, BURST);
            b.stop();
            assertThat(a.link().up()).isFalse();
            a.stop();
            b.start();
            a.start();
            assertThat(a.link().up()).isTrue();
        }
        carry(a, b, 0, 0, 1000);
        detachAll();
    }

    @Test
    void shouldSayWhenThePoolIsTooSmall() throws Exception {
        Mempool tiny = rig.pool(1024);
        tiny.get(new long[924], 0, 924);

        assertThatThrownBy(() -> rig.start("net_sim0", tiny)).isInstanceOf(DeviceException.class)
                .hasMessage("net_sim0 receive queue 0: mempool test lacks 155 of the 255 buffers"
                        + " it needs");

        detachAll();
        assertThat(tiny.available()).isEqualTo(100);
    }

    @Test
    void shouldRefuseRingsItCannotHave() throws Exception {
        rig.attach("net_sim0");
        Port port = rig.port("net_sim0");

        assertThatThrownBy(() -> port.configure(new PortConfig(1, 32, 64, pool)))
                .isInstanceOf(DeviceException.class).hasMessageContaining("net_sim0");
        assertThatThrownBy(() -> port.configure(new PortConfig(2, 64, 64, pool)))
                .isInstanceOf(DeviceException.class).hasMessageContaining("net_sim0");
    }
}
