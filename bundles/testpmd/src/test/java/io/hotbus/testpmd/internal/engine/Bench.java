// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.engine;

import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.ethdev.Port;
import io.hotbus.testkit.PacketBytes;
import io.hotbus.testpmd.ForwardEngine;
import io.hotbus.testpmd.FwdConfig;
import io.hotbus.testpmd.FwdStream;
import io.hotbus.testpmd.PortPlan;
import io.hotbus.testpmd.rig.Rig;

/** Sends packets to an engine, which forwards them at port 1, and takes what comes back. */
final class Bench implements AutoCloseable {
    private static final int BURST = 32;

    private final ForwardEngine engine;
    private final Rig rig;
    private final Port sender;
    private final Port forwarder;
    private final Mempool pool;
    private final long[] back = new long[BURST];
    private FwdStream stream;
    private long flags;
    private long sentFlags;
    private int sentL2;
    private int sentL3;
    private int sentL4;
    private int sentSegment;

    Bench(ForwardEngine engine) {
        this.engine = engine;
        try {
            rig = new Rig();
            sender = rig.attach("wire0");
            forwarder = rig.attach("wire1");
            pool = rig.forwarder.portConfig(rig.registry.port("wire0").orElseThrow()).pool();
            plan(PortPlan.NONE);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** What is set on the port that sends. */
    void plan(PortPlan plan) throws Exception {
        stream = new FwdStream(forwarder, forwarder, 0, pool, pool.mempools().uncached(),
                FwdConfig.DEFAULT, plan, null);
        engine.begin(stream);
    }

    /** The flags of packets that are received from now on. */
    void flags(long received) {
        flags = received;
    }

    Mempool pool() {
        return pool;
    }

    FwdStream stream() {
        return stream;
    }

    long sentFlags() {
        return sentFlags;
    }

    int sentL2() {
        return sentL2;
    }

    int sentL3() {
        return sentL3;
    }

    int sentL4() {
        return sentL4;
    }

    int sentSegment() {
        return sentSegment;
    }

    /** Forwards packets. Returns how many came back, in {@link #back}. */
    int forward(long[] packets, int count) {
        if (sender.txQueue(0).burst(pool.mempools().uncached(), packets, count) != count) {
            throw new IllegalStateException("the wire is full");
        }
        engine.forward(stream);
        return sender.rxQueue(0).burst(pool.mempools().uncached(), back, BURST);
    }

    long[] back() {
        return back;
    }

    void free(int count) {
        pool.mempools().uncached().free(back, 0, count);
    }

    /**
     * Forwards a frame in segments of at most {@code segment} bytes. Returns the bytes that came
     * back; none if the engine freed the packet.
     */
    byte[] forward(byte[] frame, int segment) {
        long packet = PacketBytes.packet(pool, frame, segment);
        if (flags != 0) {
            Mbuf.setFlags(packet, flags);
        }
        if (forward(new long[] {packet}, 1) == 0) {
            return new byte[0];
        }
        sentFlags = Mbuf.flags(back[0]);
        sentL2 = Mbuf.l2Length(back[0]);
        sentL3 = Mbuf.l3Length(back[0]);
        sentL4 = Mbuf.l4Length(back[0]);
        sentSegment = Mbuf.tsoSegmentSize(back[0]);
        byte[] bytes = PacketBytes.of(back[0]);
        free(1);
        return bytes;
    }

    @Override
    public void close() throws Exception {
        rig.close();
    }
}
