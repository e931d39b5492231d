// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd.intel;

import io.hotbus.pmd.RegisterCounter;

/**
 * The statistics registers that are shown, in the order in which they are read. Each stops at
 * all-ones and is cleared by a read. Octets include the FCS. Source: the data sheets, chapter
 * about the registers, statistics.
 */
enum GigabitCounter implements RegisterCounter {
    CRCERRS("rx_crc_errors", 0x04000),
    ALGNERRC("rx_alignment_errors", 0x04004),
    RXERRC("rx_receive_errors", 0x0400c),
    MPC("rx_missed", 0x04010),
    SCC("tx_single_collisions", 0x04014),
    ECOL("tx_excessive_collisions", 0x04018),
    MCC("tx_multiple_collisions", 0x0401c),
    LATECOL("tx_late_collisions", 0x04020),
    COLC("tx_collisions", 0x04028),
    DC("tx_deferred", 0x04030),
    TNCRS("tx_no_carrier_sense", 0x04034),
    CEXTERR("rx_carrier_extension_errors", 0x0403c),
    RLEC("rx_length_errors", 0x04040),
    XONRXC("rx_xon", 0x04048),
    XONTXC("tx_xon", 0x0404c),
    XOFFRXC("rx_xoff", 0x04050),
    XOFFTXC("tx_xoff", 0x04054),
    FCRUC("rx_unsupported_flow_control", 0x04058),
    PRC64("rx_size_64", 0x0405c),
    PRC127("rx_size_65_to_127", 0x04060),
    PRC255("rx_size_128_to_255", 0x04064),
    PRC511("rx_size_256_to_511", 0x04068),
    PRC1023("rx_size_512_to_1023", 0x0406c),
    PRC1522("rx_size_1024_and_more", 0x04070),
    GPRC("mac_rx_good_packets", 0x04074),
    BPRC("rx_broadcast_packets", 0x04078),
    MPRC("rx_multicast_packets", 0x0407c),
    GPTC("mac_tx_good_packets", 0x04080),
    GORC("mac_rx_good_octets", 0x04088, Kind.CLEARED_BY_READ_64),
    GOTC("mac_tx_good_octets", 0x04090, Kind.CLEARED_BY_READ_64),
    RNBC("rx_no_buffer", 0x040a0),
    RUC("rx_undersize", 0x040a4),
    RFC("rx_fragments", 0x040a8),
    ROC("rx_oversize", 0x040ac),
    RJC("rx_jabber", 0x040b0),
    MGTPRC("rx_management_packets", 0x040b4),
    MGTPDC("rx_management_dropped", 0x040b8),
    MGTPTC("tx_management_packets", 0x040bc),
    TOR("mac_rx_all_octets", 0x040c0, Kind.CLEARED_BY_READ_64),
    TOT("mac_tx_all_octets", 0x040c8, Kind.CLEARED_BY_READ_64),
    TPR("mac_rx_all_packets", 0x040d0),
    TPT("mac_tx_all_packets", 0x040d4),
    PTC64("tx_size_64", 0x040d8),
    PTC127("tx_size_65_to_127", 0x040dc),
    PTC255("tx_size_128_to_255", 0x040e0),
    PTC511("tx_size_256_to_511", 0x040e4),
    PTC1023("tx_size_512_to_1023", 0x040e8),
    PTC1522("tx_size_1024_and_more", 0x040ec),
    MPTC("tx_multicast_packets", 0x040f0),
    BPTC("tx_broadcast_packets", 0x040f4),
    TSCTC("tx_tso_packets", 0x040f8),
    TSCTFC("tx_tso_failures", 0x040fc);

    private final String xstat;
    private final long offset;
    private final Kind kind;

    GigabitCounter(String xstat, long offset) {
        this(xstat, offset, Kind.CLEARED_BY_READ_32);
    }

    GigabitCounter(String xstat, long offset, Kind kind) {
        this.xstat = xstat;
        this.offset = offset;
        this.kind = kind;
    }

    @Override
    public String xstat() {
        return xstat;
    }

    @Override
    public long offset() {
        return offset;
    }

    @Override
    public Kind kind() {
        return kind;
    }
}
