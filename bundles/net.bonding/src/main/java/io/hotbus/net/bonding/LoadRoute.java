// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.bonding;

import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.MempoolCaches;
import io.hotbus.ethdev.Port;

/**
 * Sends through the member with the most capacity left, and what that does not take through the
 * next one: modes 5 and 6. A packet from the address of the bond gets the address of the member
 * that sends it. In mode 6, answers of ARP tell each peer the address of one member. Source: DPDK
 * {@code bond_ethdev_tx_burst_tlb}, {@code bond_mode_alb_arp_xmit}.
 */
final class LoadRoute extends Route {
    private static final int FIRST_IN_ORDER = -1;

    private final Plan plan;
    private final ArpRing arps;
    private final long address;
    /** The addresses of the senders. */
    private final long[] addresses;
    private final long[] run = new long[CHUNK];
    /** The sender with the address of the bond; else the first one. */
    private final int primary;

    /** See {@link Route#of}. */
    LoadRoute(Plan plan, int index, ArpRing arps) {
        super(plan, index);
        this.plan = plan;
        this.arps = arps;
        this.address = plan.balance().address().value();
        this.addresses = plan.senders().stream().mapToLong(plan.balance()::addressOf).toArray();
        int found = 0;
        for (int i = 0; i < addresses.length; i++) {
            found = addresses[i] == address ? i : found;
        }
        this.primary = found;
    }

    @Override
    int send(MempoolCaches caches, long[] mbufs, int count) {
        int sent = 0;
        int taken = 1;
        while (sent < count && taken > 0 && queues.length > 0) {
            int to = chooser(mbufs[sent]);
            int end = sent + 1;
            while (to == FIRST_IN_ORDER && end < count && end - sent < CHUNK
                    && chooser(mbufs[end]) == FIRST_IN_ORDER) {
                end++;
            }
            taken = sendRun(caches, mbufs, sent, end, to);
            sent += taken;
        }
        return sent;
    }

    /** The sender for a packet; ARP of this bond has a certain one in mode 6. */
    private int chooser(long mbuf) {
        long arp = plan.mode() == BondMode.ALB ? Arp.find(mbuf) : 0;
        if (arp == 0) {
            return FIRST_IN_ORDER;
        }
        boolean answers = isOurs(mbuf) && Arp.operation(arp) == Arp.REPLY
                && Arp.targetIp(arp) != Arp.senderIp(arp);
        return answers ? plan.senderFor(Arp.targetIp(arp)) : primary;
    }

    private boolean isOurs(long mbuf) {
        return Fields.getMac(Mbuf.data(mbuf) + Fields.SOURCE) == address;
    }

    /** Sends packets that have one sender, or through others what that does not take. */
    private int sendRun(MempoolCaches caches, long[] mbufs, int begin, int end, int to) {
        int[] order = plan.balance().order().now();
        int sent = begin;
        if (to != FIRST_IN_ORDER) {
            tell(mbufs[begin], to);
            sent += sendThrough(to, caches, mbufs, begin, end);
        }
        for (int i = 0; i < order.length && sent < end; i++) {
            if (order[i] != to) {
                sent += sendThrough(order[i], caches, mbufs, sent, end);
            }
        }
        return sent - begin;
    }

    /** Notes what is told by ARP; in an answer, tells the address of its sender. */
    private void tell(long mbuf, int to) {
        long arp = Arp.find(mbuf);
        if (isOurs(mbuf) && Arp.operation(arp) == Arp.REPLY
                && Arp.targetIp(arp) != Arp.senderIp(arp)) {
            Arp.setSender(arp, addresses[to]);
            arps.add(Arp.REPLY, Arp.target(arp), Arp.senderIp(arp), Arp.targetIp(arp),
                    Arp.tags(mbuf, arp), addresses[to]);
        } else if (Arp.sender(arp) == address) {
            arps.add(Arp.REQUEST, 0, Arp.senderIp(arp), 0, Arp.tags(mbuf, arp), address);
        }
    }

    private int sendThrough(int to, MempoolCaches caches, long[] mbufs, int begin, int end) {
        int count = end - begin;
        for (int i = 0; i < count; i++) {
            run[i] = mbufs[begin + i];
            changeSource(run[i], address, addresses[to]);
        }
        int taken = queues[to].burst(caches, run, count);
        for (int i = taken; i < count; i++) {
            changeSource(run[i], addresses[to], address);
        }
        System.arraycopy(run, 0, mbufs, begin, count);
        return taken;
    }

    private static void changeSource(long mbuf, long from, long to) {
        long source = Mbuf.data(mbuf) + Fields.SOURCE;
        if (from != to && Fields.getMac(source) == from) {
            Fields.putMac(source, to);
        }
    }

    @Override
    void takenBack(Port gone, long[] mbufs, int count) {
        for (int i = 0; i < count; i++) {
            changeSource(mbufs[i], plan.balance().addressOf(gone), address);
        }
    }
}
