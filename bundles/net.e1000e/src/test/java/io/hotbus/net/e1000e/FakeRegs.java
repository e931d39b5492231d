// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.e1000e;

/**
 * Registers of queues and statistics, and descriptors, as the data sheet of the 82574 has them.
 */
final class FakeRegs {
    static final long ROC = 0x040ac;

    static final long QUEUE_STRIDE = 0x100;
    static final long RDBAL = 0x02800;
    static final long RDLEN = 0x02808;
    static final long RDH = 0x02810;
    static final long RDT = 0x02818;
    static final long TDBAL = 0x03800;
    static final long TDBAH = 0x03804;
    static final long TDLEN = 0x03808;
    static final long TDH = 0x03810;
    static final long TDT = 0x03818;
    static final int ICR_INT_ASSERTED = 1 << 31;

    static final int BYTES = 16;
    static final int WORD = 8;
    static final long LENGTH_MASK = 0xffff;

    // Receive, extended (7.1.4).
    static final long RX_EXTENDED_DD = 1;
    static final long RX_EXTENDED_EOP = 1 << 1;
    static final long RX_VP = 1 << 3;
    static final long RX_L4CS = 3 << 4;
    static final long RX_IPCS = 1 << 6;
    static final long RX_TCPE = 1L << 29;
    static final long RX_IPE = 1L << 30;
    static final int RX_LENGTH_SHIFT = 32;
    static final int RX_HASH_SHIFT = 32;
    static final int RX_VLAN_SHIFT = 48;

    // Transmit (7.2.10).
    static final long TX_EOP = 1L << 24;
    static final long TX_RS = 1L << 27;
    static final long TX_VLE = 1L << 30;
    /** Also of a received frame in a legacy descriptor. */
    static final long DD = 1L << 32;
    static final long TX_IXSM = 1L << 40;
    static final long TX_TXSM = 1L << 41;
    static final int TX_VLAN_SHIFT = 48;

    private FakeRegs() {
    }

    static long at(long ring, int index) {
        return ring + ((long) index << 4);
    }
}
