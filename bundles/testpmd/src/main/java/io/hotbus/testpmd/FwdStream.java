// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd;

import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.eal.mem.MempoolCaches;
import io.hotbus.ethdev.Port;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.osgi.annotation.versioning.ProviderType;

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
    private static final VarHandle BAD_IP = counter("badIp");
    private static final VarHandle BAD_L4 = counter("badL4");

    private final Port rxPort;
    private final Port txPort;
    private final int queue;
    private final long[] mbufs;
    private final String label;
    private final Mempool pool;
    private final MempoolCaches caches;
    private final FwdConfig config;
    private final PortPlan txPlan;
    private final PacketLog packetLog;
    private final long txMac;
    private final long peerMac;
    private Object state;
    // Only the lcore writes these, with opaque access: no fence, and readers see complete and
    // recent values.
    private long received;
    private long sent;
    private long dropped;
    private long badIp;
    private long badL4;
    private volatile long firstPacketNanos;

    /** Prints the packets of a stream. On its lcore. */
    @FunctionalInterface
    @ProviderType
    public interface PacketLog {
        /** The first {@code count} of {@link FwdStream#mbufs} were received. */
        void received(FwdStream stream, int count);
    }

    /**
     * For the forwarder.
     *
     * @param queue     the index on both ports
     * @param pool      where {@link #allocate} takes buffers
     * @param caches    the caches of the lcore
     * @param config    how packets are forwarded
     * @param txPlan    what is set on {@code txPort}
     * @param packetLog null: packets are not printed
     */
    public FwdStream(Port rxPort, Port txPort, int queue, Mempool pool, MempoolCaches caches,
            FwdConfig config, PortPlan txPlan, PacketLog packetLog) {
        this.rxPort = rxPort;
        this.txPort = txPort;
        this.queue = queue;
        this.pool = pool;
        this.caches = caches;
        this.config = config;
        this.txPlan = txPlan;
        this.packetLog = packetLog;
        this.txMac = txPort.macAddress().value();
        this.peerMac = config.peer(txPort.id()).value();
        this.mbufs = new long[config.burst()];
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

    /** How packets are forwarded. */
    public FwdConfig config() {
        return config;
    }

    /** What is set on the port it sends to. */
    public PortPlan txPlan() {
        return txPlan;
    }

    /** The address of the port it sends to. */
    public long txMac() {
        return txMac;
    }

    /** The address of the station at the other end of the port it sends to. */
    public long peerMac() {
        return peerMac;
    }

    /** Where {@link #allocate} takes buffers. */
    public Mempool pool() {
        return pool;
    }

    /** What the engine keeps about this stream; null at first. */
    public Object state() {
        return state;
    }

    /** Sets what the engine keeps about this stream. */
    public void setState(Object state) {
        this.state = state;
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
            if (packetLog != null) {
                packetLog.received(this, count);
            }
        }
        return count;
    }

    /** Takes a burst of empty buffers into {@link #mbufs}, to be transmitted. Returns how many. */
    public int allocate() {
        return allocate(mbufs, 0, mbufs.length);
    }

    /** Takes up to {@code count} empty buffers into {@code to}. Returns how many. */
    public int allocate(long[] to, int offset, int count) {
        int taken = caches.of(pool).get(to, offset, count);
        for (int i = offset; i < offset + taken; i++) {
            Mbuf.reset(to[i]);
        }
        return taken;
    }

    /**
     * Transmits the first {@code count} of {@link #mbufs}; what the queue does not take is dropped:
     * freed and counted.
     */
    public void transmit(int count) {
        transmit(mbufs, count);
    }

    /** Does {@link #transmit(int)} with other packets, and returns how many the queue took. */
    public int transmit(long[] packets, int count) {
        int taken = txPort.txQueue(queue).burst(caches, packets, count);
        if (taken < count) {
            caches.free(packets, taken, count - taken);
            DROPPED.setOpaque(this, dropped + count - taken);
        }
        if (taken != 0) {
            if (sent == 0) {
                firstPacketNanos = System.nanoTime();
            }
            SENT.setOpaque(this, sent + taken);
        }
        return taken;
    }

    /** Frees and counts as dropped {@code count} of {@link #mbufs} from {@code offset} on. */
    public void drop(int offset, int count) {
        caches.free(mbufs, offset, count);
        DROPPED.setOpaque(this, dropped + count);
    }

    /** Counts packets whose checksum the device found wrong. */
    public void countBad(int ip, int l4) {
        if (ip != 0) {
            BAD_IP.setOpaque(this, badIp + ip);
        }
        if (l4 != 0) {
            BAD_L4.setOpaque(this, badL4 + l4);
        }
    }

    /** Frees the first {@code count} of {@link #mbufs}, which are not forwarded. */
    public void free(int count) {
        caches.free(mbufs, 0, count);
    }

    /** Frees {@code count} of {@code packets}, which are not forwarded. */
    public void free(long[] packets, int offset, int count) {
        caches.free(packets, offset, count);
    }

    /** Grows with each packet that is received, sent or dropped. On the lcore. */
    public long handled() {
        return received + sent + dropped;
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

    /** Packets received so far whose IPv4 checksum the device found wrong. */
    public long badIpChecksums() {
        return (long) BAD_IP.getOpaque(this);
    }

    /** Packets received so far whose TCP or UDP checksum the device found wrong. */
    public long badL4Checksums() {
        return (long) BAD_L4.getOpaque(this);
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
