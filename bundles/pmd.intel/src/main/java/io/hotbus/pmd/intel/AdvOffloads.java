// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd.intel;

import io.hotbus.eal.mem.MbufFlags;
import io.hotbus.ethdev.PortConfig;
import io.hotbus.ethdev.RxOffload;
import io.hotbus.ethdev.TxOffload;
import java.util.Set;

/**
 * What the queues of a port do besides moving packets, as bits of descriptors.
 *
 * @param rx  what is told of received packets
 * @param tx  what packets to be sent may ask for
 * @param rss whether received packets are spread by their hash
 */
public record AdvOffloads(Set<RxOffload> rx, Set<TxOffload> tx, boolean rss) {
    /** What packets to be sent may ask any queue for. */
    public static final Set<TxOffload> TX = Set.of(TxOffload.VLAN_INSERT, TxOffload.IPV4_CKSUM,
            TxOffload.UDP_CKSUM, TxOffload.TCP_CKSUM, TxOffload.TCP_TSO);
    /** The offloads of a port that was not configured yet. */
    public static final AdvOffloads NONE = new AdvOffloads(Set.of(), Set.of(), false);

    /** Copies the sets. */
    public AdvOffloads {
        rx = Set.copyOf(rx);
        tx = Set.copyOf(tx);
    }

    /** The offloads of a configuration. */
    public static AdvOffloads of(PortConfig config) {
        return new AdvOffloads(config.rxOffloads(), config.txOffloads(),
                !config.rss().hashes().isEmpty());
    }

    /** Whether the chip shall check the checksums of TCP and UDP: it checks both. */
    public boolean checksL4() {
        return rx.contains(RxOffload.TCP_CKSUM) || rx.contains(RxOffload.UDP_CKSUM);
    }

    /** Whether the chip shall check the checksum of the IPv4 header. */
    public boolean checksIp() {
        return rx.contains(RxOffload.IPV4_CKSUM);
    }

    /** Whether the chip shall take VLAN tags out of received frames. */
    public boolean stripsVlan() {
        return rx.contains(RxOffload.VLAN_STRIP);
    }

    /** Whether packets come with their RSS hash. */
    boolean passesHash() {
        return rx.contains(RxOffload.RSS_HASH) && rss;
    }

    /** The bits of a receive descriptor to be told of. */
    long rxReports() {
        return (stripsVlan() ? AdvDescriptor.RX_VP : 0)
                | (checksIp() ? AdvDescriptor.RX_IPCS : 0)
                | (checksL4() ? AdvDescriptor.RX_L4CS : 0);
    }

    /** The {@link MbufFlags} that packets to be sent may have. */
    long txRequests() {
        return (tx.contains(TxOffload.VLAN_INSERT) ? MbufFlags.TX_VLAN : 0)
                | (tx.contains(TxOffload.IPV4_CKSUM) ? MbufFlags.TX_IP_CKSUM : 0)
                | (tx.contains(TxOffload.TCP_TSO) ? MbufFlags.TX_TCP_SEG : 0)
                | (tx.contains(TxOffload.TCP_CKSUM) ? MbufFlags.TX_TCP_CKSUM : 0)
                | (tx.contains(TxOffload.UDP_CKSUM) ? MbufFlags.TX_UDP_CKSUM : 0);
    }
}
