// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.bonding;

import io.hotbus.eal.mem.MempoolCaches;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.QueueCounters;
import io.hotbus.ethdev.TxQueue;
import java.util.List;

/** A transmit queue of each member, and how packets choose one. Thread of the queue. */
abstract class Route {
    /** Packets that are shared out at once. */
    static final int CHUNK = 64;

    /** The senders of the plan, and their queues at the same places. */
    final Port[] ports;
    final TxQueue[] queues;
    /** The numbers of all members, and their queues at the same places. */
    private final int[] members;
    private final TxQueue[] memberQueues;

    /** See {@link #of}. */
    Route(Plan plan, int index) {
        this.ports = plan.senders().toArray(Port[]::new);
        this.queues = queues(plan.senders(), index);
        this.members = plan.receivers().stream().mapToInt(Plan.Receiver::member).toArray();
        this.memberQueues =
                queues(plan.receivers().stream().map(Plan.Receiver::port).toList(), index);
    }

    static TxQueue[] queues(List<Port> ports, int index) {
        return ports.stream().map(port -> port.txQueue(index)).toArray(TxQueue[]::new);
    }

    /**
     * The queues {@code index} of the members, as their drivers made them.
     *
     * @param counters counts as errors what a member of a broadcast does not take
     * @param arps     takes what is sent of ARP in mode 6
     */
    static Route of(Plan plan, int index, QueueCounters counters, ArpRing arps) {
        return plan.mode().balancesLoad() ? new LoadRoute(plan, index, arps)
                : new SharedRoute(plan, index, counters);
    }

    /**
     * Sends packets. Puts those that were taken to the front of {@code mbufs}, and returns how
     * many.
     */
    abstract int send(MempoolCaches caches, long[] mbufs, int count);

    /** Makes packets that {@code gone} was to send as they were before. */
    void takenBack(Port gone, long[] mbufs, int count) {
        // most routes change no packet
    }

    /** The queue of the member of that number; null if it is not used. */
    final TxQueue queueOf(int member) {
        for (int i = 0; i < members.length; i++) {
            if (members[i] == member) {
                return memberQueues[i];
            }
        }
        return null;
    }

    static boolean isThere(Port port, TxQueue queue) {
        return !port.isRemoved() && !queue.isGone();
    }
}
