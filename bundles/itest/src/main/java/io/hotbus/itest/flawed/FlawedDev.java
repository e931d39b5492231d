// SPDX-License-Identifier: Apache-2.0
package io.hotbus.itest.flawed;

import io.hotbus.eal.io.Mmio;
import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.ethdev.EthDev;
import io.hotbus.ethdev.EthDevInfo;
import io.hotbus.ethdev.EthStats;
import io.hotbus.ethdev.Link;
import io.hotbus.ethdev.MacAddress;
import io.hotbus.ethdev.QueueCounters;
import io.hotbus.ethdev.QueueLimits;
import io.hotbus.ethdev.RxQueue;
import io.hotbus.ethdev.TxQueue;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** A loopback device: it receives what it sends. One queue, used by one thread. */
final class FlawedDev implements EthDev {
    /** A register that holds 1 while the device is present. */
    static final long ALIVE = 0;
    private static final EthDevInfo INFO = new EthDevInfo(
            "flawed", new MacAddress(0x02_00_00_00_00_66L), new QueueLimits(1, 64, 1024));

    private final Flaw flaw;
    private final Mmio window;
    private final QueueCounters received = new QueueCounters();
    private final QueueCounters sent = new QueueCounters();
    private final Deque<Long> wire = new ArrayDeque<>();
    private Mempool pool;
    private int port;

    FlawedDev(Flaw flaw, Mmio window) {
        this.flaw = flaw;
        this.window = window;
    }

    @Override
    public EthDevInfo info() {
        return INFO;
    }

    @Override
    public void portAssigned(int portId) {
        port = portId;
    }

    private boolean isGone() {
        return window.read32(ALIVE) != 1 && flaw != Flaw.DOES_NOT_NOTICE_THAT_IT_IS_GONE;
    }

    @Override
    public RxQueue setupRxQueue(int index, int descriptors, Mempool from) {
        drop();
        pool = from;
        return (caches, mbufs, count) -> {
            int n = 0;
            for (; n < count && !wire.isEmpty() && !isGone(); n++) {
                mbufs[n] = wire.remove();
                Mbuf.setPort(mbufs[n], port);
                received.add(1, Mbuf.length(mbufs[n]));
            }
            return n;
        };
    }

    @Override
    public TxQueue setupTxQueue(int index, int descriptors, Mempool from) {
        return (caches, mbufs, count) -> {
            int n = 0;
            for (; n < count && wire.size() < descriptors && !isGone(); n++) {
                wire.add(mbufs[n]);
                sent.add(1, Mbuf.length(mbufs[n]));
            }
            return n;
        };
    }

    @Override
    public void start() {
    }

    @Override
    public void stop() {
    }

    @Override
    public void close() {
        if (flaw == Flaw.LEAKS_A_BUFFER && pool != null) {
            pool.get(new long[1], 0, 1);
        }
        drop();
    }

    private void drop() {
        wire.forEach(mbuf -> pool.mempools().uncached().free(new long[] {mbuf}, 0, 1));
        wire.clear();
    }

    @Override
    public Link link() {
        return isGone() ? Link.DOWN : new Link(true, 10, true);
    }

    @Override
    public EthStats stats() {
        return flaw == Flaw.FORGETS_ITS_STATISTICS && isGone() ? EthStats.ZERO
                : QueueCounters.total(List.of(received), List.of(sent), 0);
    }

    @Override
    public boolean statsOutliveDevice() {
        return true;
    }

    @Override
    public void resetStats() {
        received.reset();
        sent.reset();
    }
}
