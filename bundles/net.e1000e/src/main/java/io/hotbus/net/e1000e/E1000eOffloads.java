// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.e1000e;

import io.hotbus.eal.mem.MbufFlags;
import io.hotbus.ethdev.NotSupportedException;
import io.hotbus.ethdev.PortConfig;
import io.hotbus.ethdev.RssConfig;
import io.hotbus.ethdev.RxOffload;
import io.hotbus.ethdev.TxOffload;
import java.util.List;
import java.util.Set;

/**
 * What a port was configured for, as values of registers and bits of descriptors.
 *
 * @param rx what the chip does with received packets
 * @param tx what packets to be sent may ask for
 * @param rss how received packets are spread
 * @param txQueues transmit queues
 */
record E1000eOffloads(Set<RxOffload> rx, Set<TxOffload> tx, RssConfig rss, int txQueues) {
    static final Set<RxOffload> RX =
            Set.of(RxOffload.VLAN_STRIP, RxOffload.IPV4_CKSUM, RxOffload.UDP_CKSUM,
                    RxOffload.TCP_CKSUM, RxOffload.RSS_HASH);
    static final Set<TxOffload> TX =
            Set.of(TxOffload.VLAN_INSERT, TxOffload.IPV4_CKSUM, TxOffload.UDP_CKSUM,
                    TxOffload.TCP_CKSUM, TxOffload.TCP_TSO);
    static final E1000eOffloads NONE = new E1000eOffloads(
            Set.of(), Set.of(), RssConfig.OFF, 1);

    /**
     * The offloads of a configuration.
     *
     * @param port names the port
     * @throws NotSupportedException the chip cannot do one of them without another
     */
    static E1000eOffloads of(String port, PortConfig config) throws NotSupportedException {
        if (config.txOffloads().contains(TxOffload.VLAN_INSERT)
                && !config.rxOffloads().contains(RxOffload.VLAN_STRIP)) {
            throw new NotSupportedException(port + ": tx offload vlan_insert without rx offload "
                    + "vlan_strip: not supported by the 82574 (CTRL.VME turns on both: turn on "
                    + "vlan_strip, too)");
        }
        return new E1000eOffloads(config.rxOffloads(), config.txOffloads(), config.rss(),
                config.txQueues());
    }

    /** Whether received packets need more than legacy descriptors tell. */
    boolean extendedRx() {
        return !rx.isEmpty() || E1000eRss.isOn(rss);
    }

    /** Whether packets to be sent may ask for something. */
    boolean extendedTx() {
        return !tx.isEmpty();
    }

    /** The chip checks TCP and UDP together. */
    private boolean checksL4() {
        return rx.contains(RxOffload.TCP_CKSUM) || rx.contains(RxOffload.UDP_CKSUM);
    }

    /** Whether packets come with their RSS hash. */
    boolean handsOverHash() {
        return rx.contains(RxOffload.RSS_HASH) && E1000eRss.isOn(rss);
    }

    /** Whether the chip handles VLAN tags: CTRL.VME. */
    boolean vlanMode() {
        return rx.contains(RxOffload.VLAN_STRIP);
    }

    /** The bits of an extended receive descriptor to be told of. */
    long rxReports() {
        return (vlanMode() ? E1000eExtended.RX_VP : 0)
                | (rx.contains(RxOffload.IPV4_CKSUM) ? E1000eExtended.RX_IPCS : 0)
                | (checksL4() ? E1000eExtended.RX_L4CS : 0);
    }

    /** The {@link MbufFlags} that packets to be sent may have. */
    long txRequests() {
        return (tx.contains(TxOffload.VLAN_INSERT) ? MbufFlags.TX_VLAN : 0)
                | (tx.contains(TxOffload.IPV4_CKSUM) ? MbufFlags.TX_IP_CKSUM : 0)
                | (tx.contains(TxOffload.TCP_TSO) ? MbufFlags.TX_TCP_SEG : 0)
                | (tx.contains(TxOffload.TCP_CKSUM) ? MbufFlags.TX_TCP_CKSUM : 0)
                | (tx.contains(TxOffload.UDP_CKSUM) ? MbufFlags.TX_UDP_CKSUM : 0);
    }

    /** The registers to be written before the chip is started. */
    List<E1000eSetup.Register> registers() {
        int rxcsum = (rx.contains(RxOffload.IPV4_CKSUM) ? E1000eRegs.RXCSUM_IPOFLD : 0)
                | (checksL4() ? E1000eRegs.RXCSUM_TUOFLD : 0)
                | (E1000eRss.isOn(rss) ? E1000eRegs.RXCSUM_PCSD : 0);
        int rfctl = E1000eRegs.RFCTL_ACK_DIS | (extendedRx() ? E1000eRegs.RFCTL_EXSTEN : 0);
        return List.of(
                E1000eSetup.Register.of("VET", E1000eRegs.VET, E1000eRegs.VET_8021Q),
                E1000eSetup.Register.of("RXCSUM", E1000eRegs.RXCSUM, rxcsum),
                E1000eSetup.Register.of("RFCTL", E1000eRegs.RFCTL, rfctl),
                E1000eSetup.Register.of("MRQC", E1000eRegs.MRQC, E1000eRss.mrqc(rss)));
    }
}
