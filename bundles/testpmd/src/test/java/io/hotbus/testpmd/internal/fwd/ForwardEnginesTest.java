// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.fwd;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.eal.io.RawMemory;
import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.ethdev.Port;
import io.hotbus.testpmd.FwdStream;
import io.hotbus.testpmd.rig.Rig;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The engines, on the test's thread: a packet is put on one port, forwarded by another, received.
 */
class ForwardEnginesTest {
    private static final long SOURCE = 0x020000000001L;

    private Rig rig;
    private Port sender;
    private Port forwarder;
    private Mempool pool;
    private FwdStream stream;
    private final long[] mbufs = new long[64];

    @BeforeEach
    void wire() throws Exception {
        rig = new Rig();
        sender = rig.attach("wire0");
        forwarder = rig.attach("wire1");
        pool = rig.forwarder.portConfig().pool();
        stream = new FwdStream(
                forwarder, forwarder, 0, pool, pool.mempools().uncached(), 32);
    }

    @AfterEach
    void close() throws Exception {
        rig.close();
    }

    private void send(int count) {
        assertThat(pool.get(mbufs, 0, count)).isEqualTo(count);
        for (int i = 0; i < count; i++) {
            TestFrame.write(mbufs[i], TestFrame.TX_FIRST, SOURCE, i);
        }
        assertThat(sender.txQueue(0).burst(pool.mempools().uncached(), mbufs, count))
                .isEqualTo(count);
    }

    private int receive() {
        return sender.rxQueue(0).burst(pool.mempools().uncached(), mbufs, mbufs.length);
    }

    @Test
    void shouldForwardPacketsAsTheyAre() {
        send(5);

        new IoFwd().forward(stream);

        assertThat(receive()).isEqualTo(5);
        assertThat(TestFrame.txFirstNumber(mbufs[4])).isEqualTo(4);
        assertThat(stream.received()).isEqualTo(5);
        assertThat(stream.sent()).isEqualTo(5);
        assertThat(stream.dropped()).isZero();
        assertThat(stream.firstPacketNanos()).isNotZero();
        pool.put(mbufs, 0, 5);
    }

    @Test
    void shouldTakeABurstAtATime() {
        send(40);

        new IoFwd().forward(stream);
        assertThat(stream.sent()).isEqualTo(32);
        new IoFwd().forward(stream);
        assertThat(stream.sent()).isEqualTo(40);
        new IoFwd().forward(stream);
        assertThat(stream.sent()).isEqualTo(40);
        pool.put(mbufs, 0, receive());
    }

    @Test
    void shouldDropAndFreeWhatIsNotTaken() {
        send(8);
        rig.nic("wire0").pullOut();
        int inUse = rig.forwarder.mbufsInUse();

        new IoFwd().forward(stream);

        assertThat(stream.received()).isEqualTo(8);
        assertThat(stream.sent()).isZero();
        assertThat(stream.dropped()).isEqualTo(8);
        assertThat(stream.firstPacketNanos()).isZero();
        assertThat(rig.forwarder.mbufsInUse()).isEqualTo(inUse - 8);
    }

    @Test
    void shouldSwapAddresses() {
        send(1);

        new MacSwapFwd().forward(stream);

        assertThat(receive()).isEqualTo(1);
        long frame = Mbuf.data(mbufs[0]);
        assertThat(mac(frame)).isEqualTo(SOURCE);
        assertThat(mac(frame + 6)).isEqualTo(0xffff_ffff_ffffL);
        assertThat(TestFrame.txFirstNumber(mbufs[0])).isZero();
        pool.put(mbufs, 0, 1);
    }

    private static long mac(long address) {
        long mac = 0;
        for (int i = 0; i < 6; i++) {
            mac = mac << 8 | RawMemory.getByte(address + i) & 0xff;
        }
        return mac;
    }

    @Test
    void shouldReceiveOnly() {
        send(8);
        int inUse = rig.forwarder.mbufsInUse();

        new RxOnlyFwd().forward(stream);

        assertThat(stream.received()).isEqualTo(8);
        assertThat(stream.sent()).isZero();
        assertThat(receive()).isZero();
        assertThat(rig.forwarder.mbufsInUse()).isEqualTo(inUse - 8);
    }

    @Test
    void shouldTransmitOnly() {
        send(8);

        new TxOnlyFwd().forward(stream);

        assertThat(stream.received()).isZero();
        assertThat(stream.sent()).isEqualTo(32);
        assertThat(receive()).isEqualTo(32);
        assertThat(Mbuf.length(mbufs[0])).isEqualTo(TestFrame.LENGTH);
        assertThat(TestFrame.txFirstNumber(mbufs[0])).isEqualTo(-1);
        assertThat(mac(Mbuf.data(mbufs[0]) + 6)).isEqualTo(forwarder.macAddress().value());
        pool.put(mbufs, 0, 32);
    }
}
