// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd.intel;

import io.hotbus.eal.mem.MbufFlags;
import io.hotbus.ethdev.NotSupportedException;
import io.hotbus.ethdev.PortConfig;
import io.hotbus.ethdev.RssConfig;
import io.hotbus.ethdev.RssHash;
import io.hotbus.ethdev.RxOffload;
import io.hotbus.ethdev.TxOffload;
import java.util.Map;
import java.util.Set;

/**
 * What a port was configured for, as values of registers and bits of descriptors.
 *
 * @param rx       what is told of received packets
 * @param tx       what packets to be sent may ask for
 * @param rss      how received packets are spread
 * @param rxQueues receive queues
 * @param txQueues transmit queues
 */
public record GigabitOffloads(Set<RxOffload> rx, Set<TxOffload> tx, RssConfig rss, int rxQueues,
        int txQueues) {
    /** What a chip can tell of received packets. */
    public static final Set<RxOffload> RX = Set.of(RxOffload.VLAN_STRIP, RxOffload.IPV4_CKSUM,
            RxOffload.UDP_CKSUM, RxOffload.TCP_CKSUM, RxOffload.RSS_HASH);
    /** What packets to be sent may ask any queue for. */
    public static final Set<TxOffload> TX = Set.of(TxOffload.VLAN_INSERT, TxOffload.IPV4_CKSUM,
            TxOffload.UDP_CKSUM, TxOffload.TCP_CKSUM, TxOffload.TCP_TSO);
    /** The offloads of a port that was not configured yet. */
    public static final GigabitOffloads NONE =
            new GigabitOffloads(Set.of(), Set.of(), RssConfig.OFF, 1, 1);

    /** Copies the sets. */
    public GigabitOffloads {
        rx = Set.copyOf(rx);
        tx = Set.copyOf(tx);
    }

    /** The offloads of a configuration. */
    public static GigabitOffloads of(PortConfig config) {
        return new GigabitOffloads(config.rxOffloads(), config.txOffloads(), config.rss(),
                config.rxQueues(), config.txQueues());
    }

    /**
     * Requires that tags are taken out if they are inserted: CTRL.VME does both.
     *
     * @param port names the port
     * @throws NotSupportedException only one of them is wanted
     */
    void requireVlanModeForTags(String port) throws NotSupportedException {
        if (tx.contains(TxOffload.VLAN_INSERT) && !stripsVlan()) {
            throw new NotSupportedException(port + ": tx offload vlan_insert without rx offload "
                    + "vlan_strip: not supported by this chip (CTRL.VME turns on both: turn on "
                    + "vlan_strip, too)");
        }
    }

    /** Whether received packets are spread. */
    public boolean spreads() {
        return !rss.hashes().isEmpty();
    }

    /** The value of RXCSUM. */
    public int rxcsum() {
        return (checksIp() ? GigabitRegs.RXCSUM_IPOFLD : 0)
                | (checksL4() ? GigabitRegs.RXCSUM_TUOFLD : 0)
                | (spreads() ? GigabitRegs.RXCSUM_PCSD : 0);
    }

    /**
     * The value of MRQC.
     *
     * @param on     the bits that turn RSS on
     * @param hashes the bits of each hash
     */
    public int mrqc(int on, Map<RssHash, Integer> hashes) {
        return spreads() ? rss.hashes().stream().mapToInt(hashes::get).reduce(on, (a, b) -> a | b)
                : 0;
    }

    /** Whether the chip shall check the checksums of TCP and UDP: it checks both. */
    private boolean checksL4() {
        return rx.contains(RxOffload.TCP_CKSUM) || rx.contains(RxOffload.UDP_CKSUM);
    }

    /** Whether the chip shall check the checksum of the IPv4 header. */
    private boolean checksIp() {
        return rx.contains(RxOffload.IPV4_CKSUM);
    }

    /** Whether the chip shall take VLAN tags out of received frames. */
    boolean stripsVlan() {
        return rx.contains(RxOffload.VLAN_STRIP);
    }

    /** Whether packets come with their RSS hash. */
    boolean passesHash() {
        return rx.contains(RxOffload.RSS_HASH) && spreads();
    }

    /** The bits of a receive descriptor to be told of. */
    long rxReports() {
        return (stripsVlan() ? RxWriteBack.VP : 0)
                | (checksIp() ? RxWriteBack.IPCS : 0)
                | (checksL4() ? RxWriteBack.L4CS : 0);
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
