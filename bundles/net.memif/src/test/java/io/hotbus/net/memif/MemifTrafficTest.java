// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.memif;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.eal.io.RawMemory;
import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.eal.mem.MempoolCaches;
import io.hotbus.ethdev.EthStats;
import io.hotbus.ethdev.Port;
import io.hotbus.testkit.Await;
import io.hotbus.testkit.Frames;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Packets between a server and a client, both of this driver. */
@Timeout(300)
final class MemifTrafficTest {
    private static final int BUFFERS = 2048;
    private static final int FRAMES = 2_000;

    private Rig rig;
    private Mempool pool;

    @BeforeEach
    void start() throws Exception {
        rig = new Rig();
        pool = rig.pool(BUFFERS);
    }

    @AfterEach
    void close() throws Exception {
        rig.close();
    }

    private Port[] pair(int queues, String server, String client) throws Exception {
        Port[] pair = {rig.start("net_memif0,role=server" + server, queues, pool),
                rig.start("net_memif1,role=client" + client, queues, pool)};
        Rig.awaitUp(pair);
        return pair;
    }

    /** Sends frames through queue {@code queue}; each arrives unchanged, and in order. */
    private void exchange(Port from, Port to, int queue, int frames) {
        long sent = 0;
        long received = 0;
        while (received < frames) {
            if (sent < frames) {
                sent += Frames.send(from, queue, pool, sent, (int) Math.min(32, frames - sent));
            }
            received = Frames.receive(to, queue, pool, received, 32);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ''                          | ''
            ''                          | ,rsize=1
            ''                          | ,rsize=14,bsize=64
            ,rsize=3,bsize=100          | ,rsize=4,bsize=100
            ,id=4294967295,secret=sesam | ,id=4294967295,secret=sesam
            """)
    void shouldCarryFramesBothWays(String server, String client) throws Exception {
        Port[] pair = pair(1, server, client);

        exchange(pair[0], pair[1], 0, FRAMES);
        exchange(pair[1], pair[0], 0, FRAMES);

        EthStats stats = pair[0].stats();
        assertThat(stats.rxPackets()).isEqualTo(FRAMES).isEqualTo(stats.txPackets());
        assertThat(pair[1].stats()).isEqualTo(stats);
        assertThat(stats.rxErrors() + stats.txErrors()).isZero();
        assertThat(pool.available()).isEqualTo(BUFFERS);
    }

    @Test
    void shouldKeepQueuesApart() throws Exception {
        Port[] pair = pair(4, "", "");

        for (int queue = 0; queue < 4; queue++) {
            assertThat(Frames.send(pair[1], queue, pool, 100 * queue, queue + 1))
                    .isEqualTo(queue + 1);
        }
        for (int queue = 0; queue < 4; queue++) {
            Frames.receiveAll(pair[0], queue, pool, 100 * queue, 100 * queue + queue + 1);
        }
    }

    /** A packet of segments of these lengths, whose bytes count up. */
    private long chain(int... lengths) {
        long[] segments = new long[lengths.length];
        assertThat(pool.get(segments, 0, lengths.length)).isEqualTo(lengths.length);
        int octet = 0;
        for (int i = 0; i < lengths.length; i++) {
            Mbuf.setLength(segments[i], lengths[i]);
            for (int j = 0; j < lengths[i]; j++) {
                RawMemory.putByte(Mbuf.data(segments[i]) + j, (byte) (octet++ * 7));
            }
            if (i > 0) {
                Mbuf.append(segments[0], segments[i - 1], segments[i]);
            }
        }
        return segments[0];
    }

    private static void assertCounts(long packet, int length) {
        assertThat(Mbuf.length(packet)).isEqualTo(length);
        int octet = 0;
        long segment = packet;
        for (int left = Mbuf.segments(packet); left > 0; left--) {
            for (int i = 0; i < Mbuf.segmentLength(segment); i++) {
                assertThat(RawMemory.getByte(Mbuf.data(segment) + i))
                        .isEqualTo((byte) (octet++ * 7));
            }
            segment = Mbuf.next(segment);
        }
        assertThat(octet).isEqualTo(length);
    }

    private long receiveOne(Port port) {
        long[] received = new long[32];
        int[] count = new int[1];
        MempoolCaches caches = pool.mempools().uncached();
        Await.until("a packet has come", () ->
                (count[0] = port.rxQueue(0).burst(caches, received, 32)) > 0);
        assertThat(count[0]).isEqualTo(1);
        return received[0];
    }

    private void offerBuffers(Port... pair) {
        for (Port port : pair) {
            assertThat(port.rxQueue(0).burst(pool.mempools().uncached(), new long[1], 1)).isZero();
        }
    }

    @ParameterizedTest
    @CsvSource({"2048, 1", "2048, 0", "100, 0", "100, 1"})
    void shouldCarryChains(int bufferSize, int from) throws Exception {
        Port[] pair = pair(1, "", ",bsize=" + bufferSize);
        Port to = pair[1 - from];
        offerBuffers(pair);

        for (int[] lengths : new int[][] {{60}, {60, 1, 2000}, {100}, {100, 100}, {2048, 2048, 904},
                {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1}, {1500}}) {
            long[] packet = {chain(lengths)};
            int length = Mbuf.length(packet[0]);
            assertThat(pair[from].txQueue(0).burst(pool.mempools().uncached(), packet, 1))
                    .isEqualTo(1);
            long[] received = {receiveOne(to)};
            assertCounts(received[0], length);
            pool.mempools().uncached().free(received, 0, 1);
        }
        assertThat(pool.available()).isEqualTo(BUFFERS);
        assertThat(to.stats().rxPackets()).isEqualTo(7);
    }

    @Test
    void shouldCountWhatNoRingHoldsAsAnError() throws Exception {
        Port[] pair = pair(1, "", ",rsize=1,bsize=100");
        offerBuffers(pair);
        for (Port port : pair) {
            long[] packets = {chain(150, 51), chain(60)};

            assertThat(port.txQueue(0).burst(pool.mempools().uncached(), packets, 2)).isEqualTo(2);

            assertThat(port.stats().txPackets()).isEqualTo(1);
            assertThat(port.stats().txBytes()).isEqualTo(60);
            assertThat(port.stats().txErrors()).isEqualTo(1);
        }
        assertThat(pool.available()).isEqualTo(BUFFERS);
    }

    @Test
    void shouldReceiveIntoSmallBuffersAndWaitForThem() throws Exception {
        Port server = rig.start("net_memif0,role=server", 1, rig.pool(5, 64));
        Port client = rig.start("net_memif1,role=client", 1, pool);
        Rig.awaitUp(server, client);
        long[] packets = {chain(300), chain(321), chain(60)};
        MempoolCaches caches = pool.mempools().uncached();
        assertThat(client.txQueue(0).burst(caches, packets, 3)).isEqualTo(3);

        long[] received = new long[8];
        assertThat(server.rxQueue(0).burst(caches, received, 8)).as("the first fills the pool")
                .isEqualTo(1);
        assertCounts(received[0], 300);
        assertThat(Mbuf.segments(received[0])).isEqualTo(5);
        assertThat(server.rxQueue(0).burst(caches, received, 8)).isZero();
        assertThat(server.stats().noMbuf()).isPositive();
    }

    /** The memory of each connection is unmapped while a thread polls it. */
    @ParameterizedTest
    @CsvSource({"net_memif0,net_memif1", "net_memif1,net_memif0"})
    void shouldOutliveConnectionsWhilePolled(String polled, String other) throws Exception {
        Port[] pair = pair(1, "", "");
        Port stays = pair[0].name().equals(polled) ? pair[0] : pair[1];
        Port goes = pair[0].name().equals(other) ? pair[0] : pair[1];
        try (Poller poller = new Poller(stays, pool)) {
            for (int i = 0; i < 25; i++) {
                Rig.awaitUp(stays, goes);
                long before = poller.received();
                Await.until("frames pass", () -> {
                    Frames.send(goes, pool, 0, 8);
                    goes.rxQueue(0).burst(pool.mempools().uncached(), new long[1], 0);
                    return poller.received() > before;
                });
                goes.stop();
                Rig.awaitDown(stays);
                goes.start();
            }
        }
        assertThat(pool.available()).isEqualTo(BUFFERS);
    }

    /** A client that waits for interrupts, as libmemif does by default. */
    @Test
    void shouldWakeAReceiverThatDoesNotPoll() throws Exception {
        Port server = rig.start("net_memif0,role=server", 1, pool);
        try (Peer peer = new Peer(rig, true).connect()) {
            Rig.awaitUp(server);
            peer.head(Peer.M2S, Peer.SLOTS);
            assertThat(Frames.send(server, pool, 0, 3)).isEqualTo(3);
            assertThat(peer.interrupted()).isTrue();

            RawMemory.putShortRelease(peer.address + Peer.M2S + 4, (short) 1); // the receiver polls
            assertThat(Frames.send(server, pool, 3, 3)).isEqualTo(3);
            assertThat(peer.interrupted()).isFalse();
            assertThat(peer.tail(Peer.M2S)).isEqualTo(6);
        }
    }

    @Test
    void shouldSendNothingToAFullRing() throws Exception {
        Port[] pair = pair(1, "", ",rsize=5");
        offerBuffers(pair);
        for (Port port : pair) {
            assertThat(Frames.send(port, pool, 0, 40)).isEqualTo(32);
            assertThat(Frames.send(port, pool, 0, 40)).isZero();
        }
        for (Port port : pair) {
            Frames.receiveAll(port, 0, pool, 0, 32);
            assertThat(Frames.send(port, pool, 0, 1)).as("the others gave " + port + " buffers")
                    .isLessThanOrEqualTo(1);
        }
        assertThat(pool.available()).isEqualTo(BUFFERS);
    }
}
