// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.bonding;

import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.MempoolCaches;
import io.hotbus.ethdev.QueueCounters;
import io.hotbus.ethdev.RxQueue;

/**
 * A receive queue of a member in mode 6. A member with an address of its own receives what peers
 * send to that address, and the packet gets the address of the bond. It drops all else, which the
 * member with the address of the bond receives, too: a switch sends broadcasts to each member.
 * Thread of the queue.
 */
final class AlbRxQueue implements RxQueue {
    private final RxQueue queue;
    private final long address;
    private final long own;
    private final ArpRing arps;
    private final QueueCounters dropped;
    private final long[] one = new long[1];

    /**
     * Creates the queue.
     *
     * @param queue   the driver's
     * @param address that of the bond
     * @param own     that of the member
     * @param arps    takes answers to what the application asked
     * @param dropped counts as errors what is dropped
     */
    AlbRxQueue(RxQueue queue, long address, long own, ArpRing arps, QueueCounters dropped) {
        this.queue = queue;
        this.address = address;
        this.own = own;
        this.arps = arps;
        this.dropped = dropped;
    }

    @Override
    public int burst(MempoolCaches caches, long[] mbufs, int count) {
        int received = queue.burst(caches, mbufs, count);
        int kept = 0;
        for (int i = 0; i < received; i++) {
            long mbuf = mbufs[i];
            if (own == address || isOwn(mbuf)) {
                note(mbuf);
                mbufs[kept++] = mbuf;
            } else {
                one[0] = mbuf;
                caches.free(one, 0, 1);
                dropped.addErrors(1);
            }
        }
        return kept;
    }

    private boolean isOwn(long mbuf) {
        long data = Mbuf.data(mbuf);
        boolean is = Mbuf.segmentLength(mbuf) >= Fields.ETHERNET && Fields.getMac(data) == own;
        if (is) {
            Fields.putMac(data, address);
        }
        return is;
    }

    /** A peer that answers has seen the address of the bond in the question. */
    private void note(long mbuf) {
        long arp = Arp.find(mbuf);
        if (arp != 0 && Arp.operation(arp) == Arp.REPLY) {
            arps.add(Arp.REPLY, Arp.sender(arp), Arp.targetIp(arp), Arp.senderIp(arp),
                    Arp.tags(mbuf, arp), address);
        }
    }
}
