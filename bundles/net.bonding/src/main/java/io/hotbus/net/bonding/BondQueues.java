// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.bonding;

import io.hotbus.eal.mem.MempoolCaches;
import io.hotbus.ethdev.EthStats;
import io.hotbus.ethdev.QueueCounters;
import io.hotbus.ethdev.RxQueue;
import io.hotbus.ethdev.TxQueue;
import io.hotbus.pmd.members.Barrier;
import io.hotbus.pmd.members.MembersRxQueue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** The queues of a bond, and what they count beside what members count. Control threads. */
final class BondQueues {
    /** How many descriptors of members can be taken back at least. */
    private static final int MIN_CAPACITY = 4096;

    private final Barrier barrier;
    /** What was received and is not for the application. */
    private final QueueCounters dropped = new QueueCounters();
    /** What was to be sent again, and was not. */
    private final QueueCounters discarded = new QueueCounters();
    /** By transmit queue: see {@link BondTxQueue}. */
    private final List<QueueCounters> sentAgain = new CopyOnWriteArrayList<>();
    private final List<MembersRxQueue> rx = new ArrayList<>();
    private final List<BondTxQueue> tx = new ArrayList<>();
    private final BondPaths paths;

    /**
     * Creates no queues yet.
     *
     * @param name   the bond
     * @param caches those of no lcore
     */
    BondQueues(String name, Barrier barrier, MempoolCaches caches) {
        this.barrier = barrier;
        this.paths = new BondPaths(name, barrier, caches, dropped);
    }

    /** What the queues receive from and send through. */
    BondPaths paths() {
        return paths;
    }

    /** Forgets the queues. There are no bursts. */
    void clear() {
        rx.clear();
        tx.clear();
        paths.setQueues(rx, tx);
    }

    RxQueue addRx(int index) {
        rx.add(new MembersRxQueue(index, barrier.gate()));
        paths.setQueues(rx, tx);
        return rx.get(rx.size() - 1);
    }

    TxQueue addTx(int index, int descriptors) {
        if (sentAgain.size() == index) {
            sentAgain.add(new QueueCounters());
        }
        tx.add(new BondTxQueue(index, 2 * Math.max(MIN_CAPACITY, descriptors), barrier.gate(),
                sentAgain.get(index), paths::used, paths::hasBroadcasts));
        paths.setQueues(rx, tx);
        return tx.get(tx.size() - 1);
    }

    /** Gives back what waits. There are no bursts. */
    void discard() {
        discarded.addErrors(paths.discard());
    }

    /** What is to be added to the sums of the members: a packet that was sent again counts once. */
    EthStats correction() {
        EthStats sum = new EthStats(0, 0, 0, 0, 0, 0, 0, discarded.errors());
        for (QueueCounters queue : sentAgain) {
            sum = sum.minus(new EthStats(0, 0, 0, 0, 0, queue.packets(), queue.bytes(), 0));
        }
        return sum;
    }

    /** Adds the counts by name. */
    void addTo(Map<String, Long> values) {
        for (int i = 0; i < sentAgain.size(); i++) {
            values.put("tx_q" + i + "_replayed_packets", sentAgain.get(i).packets());
            values.put("tx_q" + i + "_broadcast_missed_packets", sentAgain.get(i).errors());
        }
        values.put("tx_replay_dropped_packets", discarded.errors());
        values.put("rx_not_collecting_packets", dropped.errors());
    }

    /** Counts from zero from now on. */
    void resetStats() {
        sentAgain.forEach(QueueCounters::reset);
        dropped.reset();
        discarded.reset();
    }
}
