// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.e1000e;

/**
 * The registers of the 82574 alone, besides those in {@link io.hotbus.pmd.intel}: byte offsets in
 * BAR0, and bits. Names, offsets and bits are those of the data sheet; numbers in brackets are its
 * sections.
 */
final class E1000eRegs {
    static final long BAR0_LENGTH = 128 << 10;

    /** Receive queues, and transmit queues. */
    static final int QUEUES = 2;

    /** In CTRL (10.2.2.1). */
    static final int CTRL_ASDE = 1 << 5;

    static final long EXTCNF_CTRL = 0x00f00;
    /** Software, not the firmware, owns the PHY. */
    static final int EXTCNF_MDIO_SW_OWNERSHIP = 1 << 5;

    /**
     * How the 40 KiB of the chip are shared: KiB for received frames. A reset applies the value,
     * and does not change it.
     */
    static final long PBA = 0x01000;
    /** The half, as at power-on: two frames of 9 KiB fit in either half. */
    static final int PBA_RX_20K = 20;

    // Interrupts (10.2.4).
    /** The least time between two interrupts (10.2.4.2); 0: none. */
    static final long ITR = 0x000c4;
    /** Causes that are cleared, and masked, when their vector is raised. */
    static final long EIAC = 0x000dc;
    /** (10.2.4.9). */
    static final long IVAR = 0x000e4;
    /** Received frames: RXT0; with MSI-X RXQ0 and RXQ1. */
    static final int INT_RX = 1 << 7 | 3 << 20;
    /** With MSI-X: all causes without a queue's vector, such as LSC. */
    static final int INT_OTHER = 1 << 24;
    /** IVAR: RXQ0, RXQ1 and {@link #INT_OTHER} raise vector 0. */
    static final int IVAR_ALL_VECTOR_0 = 1 << 3 | 1 << 7 | 1 << 19;

    // Receive (10.2.5).
    static final long RDTR = 0x02820;
    static final long RADV = 0x0282c;
    /** RXDCTL, TXDCTL: thresholds count descriptors. All 0 here: written back at once. */
    static final int DCTL_GRAN = 1 << 24;

    static final long RFCTL = 0x05008;
    static final int RFCTL_ACK_DIS = 1 << 12;
    /** Receive descriptors are written back in the extended format (7.1.4). */
    static final int RFCTL_EXSTEN = 1 << 15;
    /** RSS (7.1.11): with {@link #RFCTL_EXSTEN} and RXCSUM.PCSD alone. */
    static final int MRQC_RSS = 1;
    static final int MRQC_TCP_IPV6 = 1 << 18;
    /** RETA: bit 7 of an entry is the queue. */
    static final int RETA_QUEUE_SHIFT = 7;

    // Transmit (10.2.6).
    /** In TCTL: collision distance 63, the data sheet's value for full duplex. */
    static final int TCTL_COLD = 0x3f << 12;
    /** Several read requests at a time. */
    static final int TCTL_MULR = 1 << 28;
    static final long TIPG = 0x00410;
    /** IPGT 8, IPGR1 8, IPGR2 6. */
    static final int TIPG_COPPER = 8 | 8 << 10 | 6 << 20;

    /** In TXDCTL (10.2.6.11): must be 1 according to the data sheet. */
    static final int TXDCTL_COUNT_DESC = 1 << 22;

    /** How the transmit queues take turns (10.2.6.9). */
    static final long TARC = 0x03840;
    /** Source: the 82574's specification update, as in FreeBSD em_initialize_transmit_unit(). */
    static final int TARC_ERRATUM = 1 << 26;
    /** The same, for two queues: compensation mode, and more requests at a time. */
    static final int TARC_TWO_QUEUES = 1 << 7 | 7 << 23;

    private E1000eRegs() {
    }
}
