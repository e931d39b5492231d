// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.bonding;

import io.hotbus.ethdev.Port;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The peers of a bond in mode 6, and the address that each was told by ARP. A peer that should
 * send to another member is told so by an answer that it has not asked for: when members come or
 * go, and after the application has asked by broadcast, which shows the address of the bond to all.
 * Control threads, one at a time. Source: DPDK {@code rte_eth_bond_alb.c}.
 */
final class AlbClients {
    /** The peers that are known at most; the one that was not seen for longest is forgotten. */
    static final int MAX = 1024;

    /**
     * A peer.
     *
     * @param ip       the own IPv4 address that it talks to
     * @param clientIp its own
     * @param tags     see {@link Arp#tags}
     */
    private record Key(int ip, int clientIp, long tags) {
    }

    /**
     * What a peer was told.
     *
     * @param mac  the peer's address
     * @param told an address of this bond
     */
    private record State(long mac, long told) {
    }

    private final FrameSender sender;
    private final Map<Key, State> clients = new LinkedHashMap<>();
    private long updates;

    AlbClients(FrameSender sender) {
        this.sender = sender;
    }

    /**
     * Tells peers what has changed, and takes over what lcores have seen, of which peers are told
     * in the next call: then they have read what they were sent before. Forgets a peer in another
     * mode, once it knows the address of the bond.
     */
    void run(Plan plan, BondPaths paths) {
        if (!clients.isEmpty() && !plan.senders().isEmpty()) {
            clients.replaceAll((key, state) -> update(plan, key, state));
            if (plan.mode() != BondMode.ALB) {
                clients.values().removeIf(
                        state -> state.told() == plan.balance().address().value());
            }
        }
        paths.takeArps(this::see);
    }

    private State update(Plan plan, Key key, State state) {
        Port port = plan.senders().get(plan.senderFor(key.clientIp()));
        long wanted = plan.mode() == BondMode.ALB ? plan.balance().addressOf(port)
                : plan.balance().address().value();
        if (state.told() == wanted || !sender.send(plan.numberOf(port),
                Arp.reply(wanted, key.ip(), state.mac(), key.clientIp(), key.tags()))) {
            return state;
        }
        updates++;
        return new State(state.mac(), wanted);
    }

    private void see(int operation, long client, int ip, int clientIp, long tags, long told) {
        if (operation == Arp.REPLY) {
            Key key = new Key(ip, clientIp, tags);
            clients.remove(key);
            clients.put(key, new State(client, told));
            if (clients.size() > MAX) {
                clients.remove(clients.keySet().iterator().next());
            }
        } else {
            clients.replaceAll((key, state) -> key.ip() == ip && key.tags() == tags
                    ? new State(state.mac(), told) : state);
        }
    }

    /** Adds the counts by name. */
    void addTo(Map<String, Long> counts) {
        counts.put("alb_clients", (long) clients.size());
        counts.put("alb_tx_updates", updates);
    }
}
