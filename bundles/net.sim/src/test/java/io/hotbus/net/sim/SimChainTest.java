// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.bus.vdev.VdevDevice;
import io.hotbus.eal.io.RawMemory;
import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.ethdev.Port;
import io.hotbus.testkit.Await;
import io.hotbus.testkit.Frames;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Frames that take several buffers, buffers that are sent more than once, and interrupts. */
final class SimChainTest {
    private static final int BURST = 32;

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

    private void detachAll() {
        for (Port port : rig.ports.ports()) {
            rig.detach((VdevDevice) port.device());
        }
        assertThat(pool.available()).as("buffers that came back").isEqualTo(pool.capacity());
    }

    @Test
    void shouldSendAndReceiveJumboFramesAsChains() throws Exception {
        Mempool small = rig.pool(1024, 200);
        Port a = rig.jumbo("net_sim0,peer=net_sim1", pool, 9000);
        Port b = rig.jumbo("net_sim1", small, 9000);
        long[] frames = {chain(2000, 2048, 1, 700), chain(60), chain(200), chain(201)};
        int[] lengths = {4749, 60, 200, 201};

        assertThat(a.txQueue(0).burst(pool.mempools().uncached(), frames, 4)).isEqualTo(4);

        int received = 0;
        for (int i = 0; i < 4; i++) {
            assertThat(Rig.eventually(() -> b.rxQueue(0).burst(
                    pool.mempools().uncached(), mbufs, 1) == 1)).isTrue();
            assertThat(Mbuf.length(mbufs[0])).isEqualTo(lengths[i]);
            assertThat(Mbuf.segments(mbufs[0])).isEqualTo((lengths[i] + 199) / 200);
            assertCounted(mbufs[0]);
            pool.mempools().uncached().free(mbufs, 0, 1);
            received += lengths[i];
        }
        assertThat(b.stats().rxBytes()).isEqualTo(received);
        assertThat(a.stats().txBytes()).isEqualTo(received);
        assertThat(a.stats().txPackets()).isEqualTo(4);
        detachAll();
        assertThat(small.available()).isEqualTo(small.capacity());
    }

    /** A packet of these segments, whose bytes count up. */
    private long chain(int... lengths) {
        long[] segments = new long[lengths.length];
        assertThat(pool.get(segments, 0, lengths.length)).isEqualTo(lengths.length);
        int value = 0;
        for (int i = 0; i < lengths.length; i++) {
            Mbuf.setLength(segments[i], lengths[i]);
            for (int j = 0; j < lengths[i]; j++) {
                RawMemory.putByte(Mbuf.data(segments[i]) + j, (byte) value++);
            }
            if (i > 0) {
                Mbuf.append(segments[0], segments[i - 1], segments[i]);
            }
        }
        return segments[0];
    }

    private static void assertCounted(long packet) {
        int value = 0;
        long segment = packet;
        for (int left = Mbuf.segments(packet); left > 0; left--) {
            for (int j = 0; j < Mbuf.segmentLength(segment); j++) {
                assertThat(RawMemory.getByte(Mbuf.data(segment) + j)).isEqualTo((byte) value++);
            }
            segment = Mbuf.next(segment);
        }
        assertThat(value).isEqualTo(Mbuf.length(packet));
    }

    @Test
    void shouldCountFramesLongerThanTheMtuAllows() throws Exception {
        Port a = rig.jumbo("net_sim0,peer=net_sim1", pool, 9000);
        Port b = rig.start("net_sim1", pool);
        long[] frames = {chain(1519), chain(1518), chain(2048, 2048, 2048, 2048, 2048)};

        assertThat(a.txQueue(0).burst(pool.mempools().uncached(), frames, 3)).isEqualTo(3);

        assertThat(Rig.eventually(() -> b.rxQueue(0).burst(
                pool.mempools().uncached(), mbufs, BURST) == 1)).isTrue();
        assertThat(Mbuf.length(mbufs[0])).isEqualTo(1518);
        pool.put(mbufs, 0, 1);
        // The hardware writes its counters down after the frames.
        assertThat(Rig.eventually(() -> b.stats().rxErrors() == 1)).isTrue();
        assertThat(b.xstats()).containsEntry("rx_oversize", 1L);
        // The driver keeps the third frame, 10240 bytes, from the hardware.
        assertThat(a.stats().txErrors()).isEqualTo(1);
        detachAll();
    }

    @Test
    void shouldWakeAThreadThatSleepsUntilThereIsAPacket() throws Exception {
        Port a = rig.start("net_sim0,peer=net_sim1", pool);
        Port b = rig.start("net_sim1", pool);
        for (int i = 0; i < 200; i++) {
            Semaphore woken = new Semaphore(0);
            assertThat(b.wakeOnPacket(0, woken::release)).isTrue();
            assertThat(Frames.send(a, pool, i, 1)).isEqualTo(1);
            assertThat(woken.tryAcquire(Await.LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
            Frames.receiveAll(b, 0, pool, i, i + 1);
            woken.drainPermits();
        }
        // A packet that is there already wakes at once.
        assertThat(Frames.send(a, pool, 200, 1)).isEqualTo(1);
        Semaphore woken = new Semaphore(0);
        assertThat(Rig.eventually(() -> b.wakeOnPacket(0, woken::release)
                && woken.availablePermits() > 0)).isTrue();
        Frames.receiveAll(b, 0, pool, 200, 201);
        detachAll();
    }

    @Test
    void shouldWakeAThreadThatSleepsWhenTheDeviceGoes() throws Exception {
        Port port = rig.start("net_sim0,loopback=1", pool);
        Semaphore woken = new Semaphore(0);
        assertThat(port.wakeOnPacket(0, woken::release)).isTrue();
        port.stop();
        assertThat(woken.tryAcquire()).isTrue();
        assertThat(port.wakeOnPacket(0, woken::release)).isTrue();
        assertThat(woken.tryAcquire()).isFalse();
        port.start();
        assertThat(woken.tryAcquire()).isTrue();
        detachAll();
    }

    @Test
    void shouldSendABufferWithSeveralReferencesOnceForEach() throws Exception {
        Port port = rig.start("net_sim0,loopback=1", pool);
        long packet = chain(100);
        Mbuf.retain(packet, 2);
        long[] frames = {packet, packet, packet};

        assertThat(port.txQueue(0).burst(pool.mempools().uncached(), frames, 3)).isEqualTo(3);

        for (int i = 0; i < 3; i++) {
            assertThat(Rig.eventually(() -> port.rxQueue(0).burst(
                    pool.mempools().uncached(), mbufs, 1) == 1)).isTrue();
            assertCounted(mbufs[0]);
            pool.put(mbufs, 0, 1);
        }
        detachAll();
        assertThat(pool.available()).isEqualTo(pool.capacity());
    }
}
