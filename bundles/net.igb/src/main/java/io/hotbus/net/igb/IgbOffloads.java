// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.igb;

import io.hotbus.ethdev.NotSupportedException;
import io.hotbus.ethdev.PortConfig;
import io.hotbus.ethdev.RssConfig;
import io.hotbus.ethdev.RssHash;
import io.hotbus.ethdev.RssLimits;
import io.hotbus.ethdev.RxOffload;
import io.hotbus.ethdev.TxOffload;
import io.hotbus.pmd.intel.AdvOffloads;
import io.hotbus.pmd.intel.AdvSetting;
import io.hotbus.pmd.intel.RssTables;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a port was configured for, as values of registers.
 *
 * @param queues   what its queues do
 * @param rss      how received packets are spread
 * @param rxQueues receive queues
 */
record IgbOffloads(AdvOffloads queues, RssConfig rss, int rxQueues) {
    private static final Map<RssHash, Integer> HASHES = Map.of(
            RssHash.IPV4, IgbRegs.MRQC_IPV4, RssHash.IPV4_TCP, IgbRegs.MRQC_TCP_IPV4,
            RssHash.IPV4_UDP, IgbRegs.MRQC_UDP_IPV4, RssHash.IPV6, IgbRegs.MRQC_IPV6,
            RssHash.IPV6_TCP, IgbRegs.MRQC_TCP_IPV6 | IgbRegs.MRQC_TCP_IPV6_EX,
            RssHash.IPV6_UDP, IgbRegs.MRQC_UDP_IPV6);
    static final RssLimits RSS =
            new RssLimits(HASHES.keySet(), RssTables.RSSRK_BYTES, RssTables.RETA_ENTRIES);
    static final Set<RxOffload> RX =
            Set.of(RxOffload.VLAN_STRIP, RxOffload.IPV4_CKSUM, RxOffload.UDP_CKSUM,
                    RxOffload.TCP_CKSUM, RxOffload.RSS_HASH);
    static final Set<TxOffload> TX = AdvOffloads.TX;
    static final IgbOffloads NONE = new IgbOffloads(AdvOffloads.NONE, RssConfig.OFF, 1);

    /**
     * The offloads of a configuration.
     *
     * @param port names the port
     * @throws NotSupportedException the chip cannot do one of them without another
     */
    static IgbOffloads of(String port, PortConfig config) throws NotSupportedException {
        if (config.txOffloads().contains(TxOffload.VLAN_INSERT)
                && !config.rxOffloads().contains(RxOffload.VLAN_STRIP)) {
            throw new NotSupportedException(port + ": tx offload vlan_insert without rx offload "
                    + "vlan_strip: not supported by this chip (CTRL.VME turns on both: turn on "
                    + "vlan_strip, too)");
        }
        return new IgbOffloads(AdvOffloads.of(config), config.rss(), config.rxQueues());
    }

    /** Whether the chip handles VLAN tags: CTRL.VME. */
    boolean vlanMode() {
        return queues.stripsVlan();
    }

    /** The registers to be written before the chip is started. */
    List<AdvSetting> settings() {
        int rxcsum = (queues.checksIp() ? IgbRegs.RXCSUM_IPOFLD : 0)
                | (queues.checksL4() ? IgbRegs.RXCSUM_TUOFLD : 0)
                | (queues.rss() ? IgbRegs.RXCSUM_PCSD : 0);
        int mrqc = queues.rss() ? rss.hashes().stream().mapToInt(HASHES::get)
                .reduce(IgbRegs.MRQC_RSS, (a, b) -> a | b) : 0;
        return List.of(AdvSetting.of("VET", IgbRegs.VET, IgbRegs.VET_8021Q),
                AdvSetting.of("RXCSUM", IgbRegs.RXCSUM, rxcsum),
                AdvSetting.of("MRQC", IgbRegs.MRQC, mrqc));
    }
}
