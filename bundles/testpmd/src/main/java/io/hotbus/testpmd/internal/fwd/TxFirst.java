// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.fwd;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.eal.mem.MempoolCaches;
import io.hotbus.ethdev.TxQueue;
import io.hotbus.testpmd.FwdConfig;
import io.hotbus.testpmd.internal.engine.TestFrame;
import io.hotbus.testpmd.internal.engine.TxOnlyFwd;
import io.hotbus.testpmd.internal.fwd.Pairing.Route;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts the first packets on a transmit queue, so that there is something to forward. On a control
 * thread, before an lcore has the queue. Every packet has a unique number.
 */
final class TxFirst {
    private static final Logger LOG = LoggerFactory.getLogger(TxFirst.class);
    private static final Duration PATIENCE = Duration.ofMillis(200);
    private static final long RETRY_NANOS = TimeUnit.MICROSECONDS.toNanos(20);

    private long nextNumber;

    /**
     * Sends {@code bursts} bursts. Returns how many packets the queue took.
     *
     * @throws DeviceException the frames do not fit into the buffers
     */
    long send(Route route, FwdConfig config, int bursts, Mempool pool) throws DeviceException {
        TxOnlyFwd.requireRoom(config.frames(), pool.dataRoom());
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        TestFrame frame = new TestFrame(config.frames(), TestFrame.destination(config, route.tx()),
                route.tx().macAddress().value(), TestFrame.TX_FIRST);
        long taken = 0;
        for (int i = 0; i < bursts; i++) {
            long[] mbufs = new long[config.burst()];
            int count = make(pool, frame, config.frames().segments().size() - 1, mbufs);
            int sent = transmit(
                    route.tx().txQueue(route.queue()), pool.mempools().uncached(), mbufs, count,
                    deadline);
            pool.mempools().uncached().free(mbufs, sent, count - sent);
            nextNumber += sent;
            taken += sent;
        }
        if (taken < (long) bursts * config.burst()) {
            LOG.warn("{}: tx_first sent {} packets of {}: {}", route.tx().name(), taken,
                    bursts * config.burst(), pool.available() == 0
                            ? "the mempool is empty (a larger --total-num-mbufs helps)"
                            : "the transmit queue took no more in time (a larger --txd helps)");
        }
        return taken;
    }

    /** Makes a burst of packets with {@code more} segments after the first. Returns how many. */
    private int make(Mempool pool, TestFrame frame, int more, long[] mbufs) {
        int count = pool.get(mbufs, 0, mbufs.length);
        long[] segments = new long[more];
        for (int i = 0; i < count; i++) {
            Mbuf.reset(mbufs[i]);
            frame.write(mbufs[i], nextNumber + i);
            int taken = pool.get(segments, 0, more);
            if (taken < more) {
                pool.put(segments, 0, taken);
                pool.put(mbufs, i, count - i);
                return i;
            }
            frame.append(mbufs[i], segments);
        }
        return count;
    }

    /**
     * Sends packets. Returns how many were taken before the deadline; the others are moved to the
     * end.
     */
    private static int transmit(TxQueue queue, MempoolCaches caches, long[] mbufs, int count,
            long deadline) {
        long[] rest = mbufs.clone();
        int sent = 0;
        while (true) {
            int n = queue.burst(caches, rest, count - sent);
            sent += n;
            if (sent == count || System.nanoTime() - deadline >= 0) {
                return sent;
            }
            System.arraycopy(rest, n, rest, 0, count - sent);
            if (n == 0) {
                LockSupport.parkNanos(RETRY_NANOS);
            }
        }
    }
}
