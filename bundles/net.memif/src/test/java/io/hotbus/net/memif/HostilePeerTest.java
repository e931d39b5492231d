// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.memif;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.eal.hotplug.DeviceEvent;
import io.hotbus.eal.hotplug.RemovalCause;
import io.hotbus.eal.io.RawMemory;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.eal.mem.MempoolCaches;
import io.hotbus.ethdev.Port;
import io.hotbus.testkit.Await;
import io.hotbus.testkit.Frames;
import io.hotbus.testkit.TestOs;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A client that lies in its memory: the link ends, and nothing else happens. */
@Timeout(300)
final class HostilePeerTest {
    private static final int BUFFERS = 512;

    /** What a client does wrong. */
    private interface Deed {
        void run(Peer peer) throws Exception;
    }

    private Rig rig;
    private Mempool pool;
    private MempoolCaches caches;
    private Port port;

    @BeforeEach
    void start() throws Exception {
        rig = new Rig();
        pool = rig.pool(BUFFERS);
        caches = pool.mempools().uncached();
        port = rig.start("net_memif0,role=server", 1, pool);
    }

    @AfterEach
    void close() throws Exception {
        assertThat(pool.available()).isEqualTo(BUFFERS);
        rig.close();
    }

    private int receive() {
        long[] mbufs = new long[32];
        int received = port.rxQueue(0).burst(caches, mbufs, 32);
        caches.free(mbufs, 0, received);
        return received;
    }

    /** The client connects and lies; the port polls, and the connection ends with that reason. */
    private void assertEnds(String reason, Deed lie) throws Exception {
        long errors = port.stats().rxErrors() + port.stats().txErrors();
        try (Peer peer = new Peer(rig, true).connect()) {
            Rig.awaitUp(port);
            lie.run(peer);
            Await.until("the link ends: " + reason, () -> {
                Frames.send(port, pool, 0, 1);
                assertThat(receive()).isZero();
                return !port.link().up();
            });
            assertThat(peer.refusal()).isEqualTo(reason);
        }
        assertThat(port.stats().rxErrors() + port.stats().txErrors()).isEqualTo(errors + 1);
        rig.assertServes(port, pool);
    }

    @Test
    void shouldEndAConnectionWhoseIndicesJump() throws Exception {
        assertEnds("ring S2M head jumped to 17 at 0 of 16 slots", peer -> peer.head(0, 17));
        assertEnds("ring S2M head jumped to 65535 at 0 of 16 slots", peer -> peer.head(0, -1));
        assertEnds("ring M2S head jumped to 300 at 0 of 16 slots",
                peer -> peer.head(Peer.M2S, 300));
        assertEnds("ring S2M has lost its cookie (0x1)",
                peer -> RawMemory.putInt(peer.address, 1));
    }

    @Test
    void shouldEndAConnectionWhoseBuffersAreNotInTheirRegion() throws Exception {
        assertEnds("ring S2M slot 0: region 1 has no 60 bytes at 0", peer -> {
            peer.describe(0, 0, 0, 1, 60, 0);
            peer.head(0, 1);
        });
        assertEnds("ring S2M slot 0: region 65535 has no 60 bytes at 0", peer -> {
            peer.describe(0, 0, 0, 0xffff, 60, 0);
            peer.head(0, 1);
        });
        assertEnds("ring S2M slot 0: region 0 has no 60 bytes at " + (Peer.SIZE - 59), peer -> {
            peer.describe(0, 0, 0, 0, 60, Peer.SIZE - 59);
            peer.head(0, 1);
        });
        assertEnds("ring S2M slot 0: region 0 has no 60 bytes at 4294967295", peer -> {
            peer.describe(0, 0, 0, 0, 60, 0xffff_ffffL);
            peer.head(0, 1);
        });
        assertEnds("ring S2M slot 0: region 0 has no 4294967295 bytes at 0", peer -> {
            peer.describe(0, 0, 0, 0, -1, 0);
            peer.head(0, 1);
        });
        assertEnds("ring M2S slot 0: region 0 has no 2048 bytes at 4294967232", peer -> {
            peer.describe(Peer.M2S, 0, 0, 0, 2048, 0xffff_ffc0L);
            peer.head(Peer.M2S, 1);
        });
        assertEnds("ring M2S slot 0: 0 bytes in a buffer of 0", peer -> {
            peer.describe(Peer.M2S, 0, 0, 0, 0, 0);
            peer.head(Peer.M2S, 1);
        });
    }

    @Test
    void shouldEndAChainThatGoesRoundTheRing() throws Exception {
        assertEnds("ring S2M slot 0: a chain goes round the ring", peer -> {
            for (int slot = 0; slot < Peer.SLOTS; slot++) {
                peer.describe(0, slot, Ring.FLAG_NEXT, 0, 60, 0);
            }
            peer.head(0, Peer.SLOTS);
        });
    }

    @Test
    void shouldWaitForTheRestOfAChainAndDropWhatIsNoFrame() throws Exception {
        try (Peer peer = new Peer(rig, true).connect()) {
            Rig.awaitUp(port);
            peer.describe(0, 0, Ring.FLAG_NEXT, 0, 60, 0);
            peer.head(0, 1);
            assertThat(receive()).isZero();
            peer.describe(0, 1, 0, 0, 60, 0);
            peer.head(0, 2);
            assertThat(receive()).isEqualTo(1);
            assertThat(RawMemory.getShort(peer.descriptor(0, 0))).as("flags for the next frame")
                    .isZero();
            peer.describe(0, 2, 0, 0, 0, 0);
            peer.head(0, 3);
            assertThat(receive()).isZero();
            assertThat(peer.tail(0)).isEqualTo(3);
            assertThat(port.stats().rxBytes()).isEqualTo(120);
            assertThat(port.stats().rxErrors()).isEqualTo(1);
            assertThat(port.link().up()).isTrue();
        }
    }

    /** A real SIGBUS: the client shrinks its memory while a thread polls. */
    @ParameterizedTest
    @ValueSource(ints = {0, 4096})
    void shouldSurviveMemoryThatShrinksAsOneRemoval(int left) throws Exception {
        try (Peer peer = new Peer(rig, false).connect(); Poller poller = new Poller(port, pool)) {
            Rig.awaitUp(port);
            for (int slot = 0; slot < Peer.SLOTS; slot++) {
                peer.describe(0, slot, 0, 0, 2048, Peer.BUFFERS + (long) slot * Peer.BUFFER);
            }
            peer.head(Peer.M2S, Peer.SLOTS);
            for (int head = 0; head < 1000; head++) {
                int next = head;
                Await.until("the port receives", () ->
                        ((next - peer.tail(0)) & 0xffff) < Peer.SLOTS);
                peer.head(0, head + 1);
            }
            Await.until("the port has received everything", () -> peer.tail(0) == 1000);
            TestOs.linux().truncate(peer.memory, left);
            if (left > 0) {
                peer.head(0, 1008);
            }
            assertThat(rig.removal().cause()).contains(RemovalCause.SIGBUS);
        }
        rig.detach(rig.device(port));
        assertThat(rig.platform.eventsUntilNow()).noneMatch(
                event -> event.kind() == DeviceEvent.Kind.REMOVE);
        port = rig.start("net_memif0,role=server", 1, pool);
        rig.assertServes(port, pool);
    }
}
