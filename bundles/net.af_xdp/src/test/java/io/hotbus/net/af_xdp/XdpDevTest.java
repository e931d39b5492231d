// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.af_xdp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import io.hotbus.testkit.Await;
import io.hotbus.testkit.PacketBytes;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Exchanges real frames over a veth pair: one end is the port, the other a packet socket. */
@Timeout(300)
@EnabledIf("io.hotbus.net.af_xdp.Rig#isRoot")
class XdpDevTest {
    private Rig rig;

    @BeforeEach
    void open() throws Exception {
        rig = new Rig();
    }

    @AfterEach
    void close() throws Exception {
        rig.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {14, 60, 61, 1024, 1025, 1514, 3840, 3841, 9014})
    void shouldReceiveFramesOfEveryLength(int length) throws Exception {
        byte[] sent = Rig.frame(length, length);
        rig.peer.send(sent);

        assertArrayEquals(sent, rig.receive());
        assertThat(rig.dev.stats().rxErrors()).isZero();
        assertThat(rig.dev.stats().missed()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {14, 60, 61, 1024, 1025, 1514, 4096, 4097, 9014})
    void shouldSendFramesOfEveryLength(int length) {
        byte[] wanted = Rig.frame(length, length);
        long[] one = {PacketBytes.packet(rig.pool, wanted, 700)};

        assertThat(rig.tx.burst(rig.pool.mempools().uncached(), one, 1)).isOne();

        assertArrayEquals(wanted, rig.receiveAtPeer());
        assertThat(rig.dev.stats().txPackets()).isOne();
        assertThat(rig.dev.stats().txBytes()).isEqualTo(length);
    }

    @Test
    void shouldCountAFrameThatIsTooLong() {
        long[] two = {PacketBytes.packet(rig.pool, Rig.frame(Rig.MTU + 19, 1)),
                PacketBytes.packet(rig.pool, Rig.frame(60, 2))};

        assertThat(rig.tx.burst(rig.pool.mempools().uncached(), two, 2)).isEqualTo(2);

        assertArrayEquals(Rig.frame(60, 2), rig.receiveAtPeer());
        assertThat(rig.dev.stats().txPackets()).isOne();
        assertThat(rig.dev.stats().txErrors()).isOne();
        assertThat(rig.dev.xstats()).containsEntry("tx_q0_errors", 1L);
    }

    @Test
    void shouldSendMoreThanTheRingHas() {
        long[] one = new long[1];
        for (int i = 0; i < 1000; i++) {
            one[0] = PacketBytes.packet(rig.pool, Rig.frame(60 + i, i));
            Await.until("the ring has room",
                    () -> rig.tx.burst(rig.pool.mempools().uncached(), one, 1) == 1);
            assertArrayEquals(Rig.frame(60 + i, i), rig.receiveAtPeer());
        }
    }

    @Test
    void shouldKeepFramesInTheRingWhileThePoolIsEmpty() throws Exception {
        long[] mbufs = new long[Rig.BUFFERS];
        int all = rig.pool.get(mbufs, 0, Rig.BUFFERS);
        rig.peer.send(Rig.frame(2000, 1));
        long[] one = new long[1];
        rig.pool.put(mbufs, 0, 1);
        Await.until("a buffer is missing", () -> {
            rig.rx.burst(rig.pool.mempools().uncached(), one, 1);
            return rig.dev.stats().noMbuf() > 0;
        });
        assertThat(rig.pool.available()).isOne();
        rig.pool.put(mbufs, 1, all - 1);

        assertArrayEquals(Rig.frame(2000, 1), rig.receive());
    }

    @Test
    void shouldCountWhatTheKernelDropped() throws Exception {
        for (int i = 0; i < 200; i++) {
            rig.peer.send(Rig.frame(60, i));
        }
        Await.until("frames are dropped", () -> rig.dev.stats().missed() > 0);
        rig.dev.stop();
        assertThat(rig.dev.stats().missed()).isPositive();
        rig.dev.resetStats();
        assertThat(rig.dev.stats().missed()).isZero();
    }
}
