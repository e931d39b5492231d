// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.eal.io.RawMemory;
import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.ethdev.Port;
import io.hotbus.testpmd.ForwardEngine;
import io.hotbus.testpmd.FwdConfig;
import io.hotbus.testpmd.FwdStream;
import io.hotbus.testpmd.Noise;
import io.hotbus.testpmd.PortPlan;
import io.hotbus.testpmd.TxFrames;
import io.hotbus.testpmd.rig.Rig;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The engines, on the test's thread: a packet is put on one port, forwarded by another, received.
 */
class ForwardEnginesTest {
    private static final long SOURCE = 0x020000000001L;
    private static final long BROADCAST = 0xffff_ffff_ffffL;

    private Rig rig;
    private Port sender;
    private Port forwarder;
    private Mempool pool;
    private final long[] mbufs = new long[64];

    @BeforeEach
    void wire() throws Exception {
        rig = new Rig();
        sender = rig.attach("wire0");
        forwarder = rig.attach("wire1");
        pool = rig.forwarder.portConfig(rig.registry.port("wire0").orElseThrow()).pool();
    }

    @AfterEach
    void close() throws Exception {
        rig.close();
    }

    private FwdStream stream(ForwardEngine engine) throws Exception {
        return stream(engine, FwdConfig.DEFAULT);
    }

    private FwdStream stream(ForwardEngine engine, FwdConfig config) throws Exception {
        FwdStream stream = new FwdStream(forwarder, forwarder, 0, pool,
                pool.mempools().uncached(), config, PortPlan.NONE, null);
        engine.begin(stream);
        return stream;
    }

    private FwdStream forward(ForwardEngine engine) throws Exception {
        FwdStream stream = stream(engine);
        engine.forward(stream);
        return stream;
    }

    private void send(int count) {
        TestFrame frame = new TestFrame(
                TxFrames.DEFAULT, BROADCAST, SOURCE, TestFrame.TX_FIRST);
        assertThat(pool.get(mbufs, 0, count)).isEqualTo(count);
        for (int i = 0; i < count; i++) {
            Mbuf.reset(mbufs[i]);
            frame.write(mbufs[i], i);
        }
        assertThat(sender.txQueue(0).burst(pool.mempools().uncached(), mbufs, count))
                .isEqualTo(count);
    }

    private int receive() {
        return sender.rxQueue(0).burst(pool.mempools().uncached(), mbufs, mbufs.length);
    }

    private void free(int count) {
        pool.mempools().uncached().free(mbufs, 0, count);
    }

    @Test
    void shouldForwardPacketsAsTheyAre() throws Exception {
        send(5);

        FwdStream stream = forward(new IoFwd());

        assertThat(receive()).isEqualTo(5);
        assertThat(TestFrame.txFirstNumber(mbufs[4])).isEqualTo(4);
        assertThat(stream.received()).isEqualTo(5);
        assertThat(stream.sent()).isEqualTo(5);
        assertThat(stream.dropped()).isZero();
        assertThat(stream.firstPacketNanos()).isNotZero();
        pool.put(mbufs, 0, 5);
    }

    @Test
    void shouldTakeABurstAtATime() throws Exception {
        send(40);

        FwdStream stream = forward(new IoFwd());
        assertThat(stream.sent()).isEqualTo(32);
        new IoFwd().forward(stream);
        assertThat(stream.sent()).isEqualTo(40);
        new IoFwd().forward(stream);
        assertThat(stream.sent()).isEqualTo(40);
        pool.put(mbufs, 0, receive());
    }

    @Test
    void shouldDropAndFreeWhatIsNotTaken() throws Exception {
        send(8);
        rig.nic("wire0").pullOut();
        int inUse = rig.forwarder.mbufsInUse();

        FwdStream stream = forward(new IoFwd());

        assertThat(stream.received()).isEqualTo(8);
        assertThat(stream.sent()).isZero();
        assertThat(stream.dropped()).isEqualTo(8);
        assertThat(stream.firstPacketNanos()).isZero();
        assertThat(rig.forwarder.mbufsInUse()).isEqualTo(inUse - 8);
    }

    @Test
    void shouldSwapAddresses() throws Exception {
        send(1);

        forward(new MacSwapFwd());

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
    void shouldReceiveOnly() throws Exception {
        send(8);
        int inUse = rig.forwarder.mbufsInUse();

        FwdStream stream = forward(new RxOnlyFwd());

        assertThat(stream.received()).isEqualTo(8);
        assertThat(stream.sent()).isZero();
        assertThat(receive()).isZero();
        assertThat(rig.forwarder.mbufsInUse()).isEqualTo(inUse - 8);
    }

    @Test
    void shouldTransmitOnly() throws Exception {
        send(8);

        FwdStream stream = forward(new TxOnlyFwd());

        assertThat(stream.received()).isZero();
        assertThat(stream.sent()).isEqualTo(32);
        assertThat(receive()).isEqualTo(32);
        assertThat(Mbuf.length(mbufs[0])).isEqualTo(64);
        assertThat(TestFrame.txFirstNumber(mbufs[0])).isEqualTo(-1);
        assertThat(mac(Mbuf.data(mbufs[0]) + 6)).isEqualTo(forwarder.macAddress().value());
        pool.put(mbufs, 0, 32);
    }

    @Test
    void shouldSetTheAddressesOfTheLink() throws Exception {
        send(1);

        forward(new MacFwd());

        assertThat(receive()).isEqualTo(1);
        assertThat(mac(Mbuf.data(mbufs[0]))).isEqualTo(0x020000000001L); // the peer of port 1
        assertThat(mac(Mbuf.data(mbufs[0]) + 6)).isEqualTo(forwarder.macAddress().value());
        free(1);
    }

    @Test
    void shouldGenerateChains() throws Exception {
        FwdConfig config = FwdConfig.DEFAULT.withFrames(new TxFrames(
                List.of(64, 100, 36), true, 0x0a000001, 0x0a000002, 7, 8));

        FwdStream stream = stream(new TxOnlyFwd(), config);
        new TxOnlyFwd().forward(stream);

        assertThat(receive()).isEqualTo(32);
        assertThat(Mbuf.length(mbufs[0])).isEqualTo(200);
        assertThat(Mbuf.segments(mbufs[0])).isEqualTo(3);
        assertThat(Bytes.get16(Mbuf.data(mbufs[0]) + 14 + 2)).isEqualTo(186);
        assertThat(Bytes.get16(Mbuf.data(mbufs[3]) + 14 + 12 + 2)).isEqualTo(0x302); // the flow
        assertThat(Checksum.fold(Checksum.sum(Mbuf.data(mbufs[0]) + 14, 20))).isEqualTo(0xffff);
        free(32);
    }

    @Test
    void shouldGenerateFlows() throws Exception {
        FwdStream stream = stream(new FlowGenFwd(), FwdConfig.DEFAULT.withFlows(20));
        send(3);

        new FlowGenFwd().forward(stream);

        assertThat(stream.received()).isEqualTo(3);
        assertThat(receive()).isEqualTo(32);
        assertThat(Mbuf.length(mbufs[0])).isEqualTo(60);
        assertThat(Bytes.get16(Mbuf.data(mbufs[19]) + 32)).isEqualTo(19);
        assertThat(Bytes.get16(Mbuf.data(mbufs[20]) + 32)).isZero();
        assertThat(Checksum.fold(Checksum.sum(Mbuf.data(mbufs[19]) + 14, 20))).isEqualTo(0xffff);
        free(32);
    }

    @Test
    void shouldSendClonesOfAFlow() throws Exception {
        FwdConfig config = FwdConfig.DEFAULT;
        FwdStream stream = stream(new FlowGenFwd(), new FwdConfig(config.lcores(), 1,
                config.ports(), config.topology(), config.queues(), 32, false, 0, config.frames(),
                20, 3, config.noise(), config.peers()));

        new FlowGenFwd().forward(stream);

        assertThat(receive()).isEqualTo(32);
        assertThat(mbufs[3]).isEqualTo(mbufs[0]).isNotEqualTo(mbufs[4]);
        assertThat(Bytes.get16(Mbuf.data(mbufs[4]) + 32)).isEqualTo(4);
        free(32);
    }

    @Test
    void shouldKeepPacketsInANoisyBufferAndGiveThemBack() throws Exception {
        FwdStream stream = stream(new NoisyFwd(), noisy(new Noise(16, 0, 1, 1, 1, 1)));
        int inUse = rig.forwarder.mbufsInUse();
        send(32);

        new NoisyFwd().forward(stream);

        assertThat(stream.sent() + stream.dropped()).isEqualTo(17); // one place stays free
        assertThat(stream.received()).isEqualTo(32);
        free(receive());
        new NoisyFwd().end(stream);
        assertThat(rig.forwarder.mbufsInUse()).isEqualTo(inUse);
    }

    @Test
    void shouldFlushANoisyBufferThatNothingLeaves() throws Exception {
        FwdStream stream = stream(new NoisyFwd(), noisy(new Noise(64, 1, 0, 0, 0, 0)));
        send(32);
        Rig.await(() -> {
            new NoisyFwd().forward(stream);
            return stream.sent() == 32;
        });
        free(receive());
    }

    private static FwdConfig noisy(Noise noise) {
        FwdConfig config = FwdConfig.DEFAULT;
        return new FwdConfig(config.lcores(), 1, config.ports(), config.topology(),
                config.queues(), 32, false, 0, config.frames(), config.flows(), 0, noise,
                config.peers());
    }
}
