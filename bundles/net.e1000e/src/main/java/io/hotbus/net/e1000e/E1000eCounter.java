// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.e1000e;

import io.hotbus.pmd.RegisterCounter;

/**
 * The statistics registers that are shown. Each has 32 bits, stops at all-ones and is cleared by a
 * read. Source: 82574 data sheet, statistics registers.
 */
enum E1000eCounter implements RegisterCounter {
    CRCERRS("rx_crc_errors", 0x04000),
    ALGNERRC("rx_alignment_errors", 0x04004),
    RXERRC("rx_receive_errors", 0x0400c),
    MPC("rx_missed", 0x04010),
    ECOL("tx_excessive_collisions", 0x04018),
    LATECOL("tx_late_collisions", 0x04020),
    RLEC("rx_length_errors", 0x04040),
    GPRC("mac_rx_good_packets", 0x04074),
    BPRC("rx_broadcast_packets", 0x04078),
    MPRC("rx_multicast_packets", 0x0407c),
    GPTC("mac_tx_good_packets", 0x04080),
    RNBC("rx_no_buffer", 0x040a0),
    RUC("rx_undersize", 0x040a4),
    ROC("rx_oversize", 0x040ac);

    private final String xstat;
    private final long offset;

    E1000eCounter(String xstat, long offset) {
        this.xstat = xstat;
        this.offset = offset;
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
        return Kind.CLEARED_BY_READ_32;
    }
}
