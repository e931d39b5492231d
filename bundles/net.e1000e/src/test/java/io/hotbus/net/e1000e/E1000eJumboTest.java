// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.e1000e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.MbufFlags;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortConfig;
import io.hotbus.ethdev.RxOffload;
import io.hotbus.ethdev.TxOffload;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Frames longer than 1518 bytes. */
final class E1000eJumboTest extends E1000eTests {
    private static final int MTU = 9000;
    private static final int OVERHEAD = TestPacket.ETHERNET;
    private static final long CHECKSUMS =
            MbufFlags.TX_IPV4 | MbufFlags.TX_IP_CKSUM | MbufFlags.TX_UDP_CKSUM;

    private Port start(Mempool buffers, int mtu, boolean offloads) throws Exception {
        rig.attach();
        PortConfig config = new PortConfig(1, Rig.RING, Rig.RING, buffers);
        rig.port().configure(offloads ? config.withOffloads(Set.of(RxOffload.UDP_CKSUM),
                Set.of(TxOffload.IPV4_CKSUM, TxOffload.UDP_CKSUM)) : config);
        rig.port().setMtu(mtu);
        rig.port().start();
        return rig.port();
    }

    /** Sends the frame in pieces of at most {@code most} bytes. */
    private void send(Port port, byte[] frame, int most, long flags) {
        long packet = packet(frame, most);
        Mbuf.setFlags(packet, flags);
        Mbuf.setHeaderLengths(packet, TestPacket.ETHERNET, 20, 8);
        assertThat(send(port, packet)).isEqualTo(1);
    }

    private long assertReceived(Port port, byte[] frame, int buffer) {
        long packet = Rig.receiveOne(port, 0, pool);
        assertThat(bytes(packet)).isEqualTo(frame);
        assertThat(Mbuf.segments(packet)).isEqualTo((frame.length + buffer - 1) / buffer);
        long flags = Mbuf.flags(packet);
        free(packet);
        return flags;
    }

    @ParameterizedTest
    @CsvSource({"300, 256", "2048, 2048", "4100, 4096", "9216, 8192", "16384, 16384"})
    void shouldPassLongFramesInChains(int dataRoom, int buffer) throws Exception {
        Mempool buffers = rig.pool(1024, dataRoom);
        Port port = start(buffers, MTU, false);
        for (int bytes : new int[] {1515, 2047, 2048, 2049, 4096, 4097, 8192, 8193, 9014}) {
            for (int piece : new int[] {600, 1000, 2048}) {
                byte[] frame = TestPacket.of(true, TestPacket.UDP, bytes - 42);
                send(port, frame, piece, 0);
                assertReceived(port, frame, buffer);
            }
        }
        assertThat(port.stats().rxErrors()).isZero();
        rig.detachAll();
        assertThat(buffers.available()).isEqualTo(buffers.capacity());
    }

    @ParameterizedTest
    @ValueSource(ints = {43, 700, 2048})
    void shouldComputeChecksumsOfChains(int piece) throws Exception {
        Port port = start(pool, MTU, true);
        for (int payload : new int[] {1, 1473, 3000, 8972}) {
            byte[] frame = TestPacket.of(true, TestPacket.UDP, payload);
            send(port, TestPacket.unfinished(frame), piece, CHECKSUMS);
            assertThat(assertReceived(port, frame, 2048)).isEqualTo(MbufFlags.RX_L4_CKSUM_GOOD);
        }
    }

    @Test
    void shouldDropLongFramesWithAnMtuOf1500() throws Exception {
        Port port = start(pool, 1500, false);
        byte[] longest = TestPacket.of(true, TestPacket.UDP, 1518 - 42);
        send(port, TestPacket.of(true, TestPacket.UDP, 1519 - 42), 1000, 0);
        send(port, longest, 1000, 0);
        assertReceived(port, longest, 2048);
        assertThat(rig.chip.get(FakeRegs.ROC)).isEqualTo(1);
    }

    @Test
    void shouldRefuseWhatTheChipCannotPass() throws Exception {
        Port port = start(pool, MTU, true);
        port.stop();
        assertThatThrownBy(() -> port.setMtu(MTU + 1)).isInstanceOf(DeviceException.class)
                .hasMessageContaining("68 to 9000");
        port.start();
        send(port, TestPacket.of(true, TestPacket.UDP, MTU + OVERHEAD - 42 + 1), 2000, 0);
        assertThat(port.stats().txErrors()).isEqualTo(1);
    }
}
