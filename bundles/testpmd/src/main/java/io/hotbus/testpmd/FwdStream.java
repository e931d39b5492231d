// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd;

import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.eal.mem.MempoolCaches;
import io.hotbus.ethdev.Port;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Packets from one receive queue to one transmit queue, with a burst of buffers and the counters.
 *
 * <p>Belongs to one lcore: only that thread receives, transmits and frees. Any thread may read the
 * counters at any time. Source: DPDK {@code struct fwd_stream}.
 */
public final class FwdStream {
    private static final VarHandle RECEIVED = counter("received");
    private static final VarHandle SENT = counter("sent");
    private static final VarHandle DROPPED = counter("dropped");

    private final Port rxPort;
    private final Port txPort;
    private final int queue;
    private final long[] mbufs;
    private final String label;
    private final Mempool pool;
    private final MempoolCaches caches;
    // Only the lcore writes these, with opaque access: no fence, and readers see complete and
    // recent values.
    private long received;
    private long sent;
    private long dropped;
    private volatile long firstPacketNanos;

    /**
     * For the forwarder.
     *
     * @param queue  the index on both ports
     * @param pool   where {@link #allocate} takes buffers
     * @param caches the caches of the lcore
     * @param burst  packets at most
     */
    public FwdStream(Port rxPort, Port txPort, int queue, Mempool pool, MempoolCaches caches,
            int burst) {
        this.rxPort = rxPort;
        this.txPort = txPort;
        this.queue = queue;
        this.pool = pool;
        this.caches = caches;
        this.mbufs = new long[burst];
        this.label = "stream " + this;
    }

    private static VarHandle counter(String name) {
        try {
            return MethodHandles.lookup().findVarHandle(FwdStream.class, name, long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** The port it receives from. */
    public Port rxPort() {
        return rxPort;
    }

    /** The port it sends to. */
    public Port txPort() {
        return txPort;
    }

    /** The index of the receive queue on one port, and of the transmit queue on the other. */
    public int queue() {
        return queue;
    }

    /** The burst: {@link #receive} and {@link #allocate} fill it from index 0. */
    public long[] mbufs() {
        return mbufs;
    }

    /** Receives a burst into {@link #mbufs}. Returns how many packets. */
    public int receive() {
        int count = rxPort.rxQueue(queue).burst(caches, mbufs, mbufs.length);
        if (count != 0) {
            RECEIVED.setOpaque(this, received + count);
        }
        return count;
    }

    /** Takes a burst of empty buffers into {@link #mbufs}, to be transmitted. Returns how many. */
    public int allocate() {
        int count = caches.of(pool).get(mbufs, 0, mbufs.length);
        for (int i = 0; i < count; i++) {
            Mbuf.reset(mbufs[i]);
        }
        return count;
    }

    /**
     * Transmits the first {@code count} of {@link #mbufs}; what the queue does not take is dropped:
     * freed and counted.
     */
    public void transmit(int count) {
        int taken = txPort.txQueue(queue).burst(caches, mbufs, count);
        if (taken < count) {
            caches.free(mbufs, taken, count - taken);
            DROPPED.setOpaque(this, dropped + count - taken);
        }
        if (taken != 0) {
            if (sent == 0) {
                firstPacketNanos = System.nanoTime();
            }
            SENT.setOpaque(this, sent + taken);
        }
    }

    /** Frees the first {@code count} of {@link #mbufs}, which are not forwarded. */
    public void free(int count) {
        caches.free(mbufs, 0, count);
    }

    /** Packets received so far. */
    public long received() {
        return (long) RECEIVED.getOpaque(this);
    }

    /** Packets that the transmit queue took so far. */
    public long sent() {
        return (long) SENT.getOpaque(this);
    }

    /** Packets that the transmit queue did not take so far. */
    public long dropped() {
        return (long) DROPPED.getOpaque(this);
    }

    /** The time of its first sent packet, on the clock of {@link System#nanoTime}; 0 before. */
    public long firstPacketNanos() {
        return firstPacketNanos;
    }

    /** The name in {@link Mempool#holders}. */
    public String label() {
        return label;
    }

    /** The name in log lines: {@code net_sim0/0 -> net_sim1/0}. */
    @Override
    public String toString() {
        return "%s/%s -> %s/%s".formatted(rxPort.name(), queue, txPort.name(), queue);
    }
}
