// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.e1000e;

/**
 * The registers of the 82574 that this driver uses: byte offsets in BAR0, and bits. Names, offsets
 * and bits are those of the data sheet; numbers in brackets are its sections. The statistics are in
 * {@link E1000eCounter}.
 */
final class E1000eRegs {
    static final long BAR0_LENGTH = 128 << 10;

    static final int MIN_DESCRIPTORS = 64;
    static final int MAX_DESCRIPTORS = 4096;
    /** Receive queues, and transmit queues. */
    static final int QUEUES = 2;
    /** From a register of a queue to that of the next. */
    static final long QUEUE_STRIDE = 0x100;

    // General (10.2.2).
    /** (10.2.2.1). */
    static final long CTRL = 0x00000;
    /** Stops requests of the device on PCI Express; see {@link #STATUS_GIO_MASTER_ENABLE}. */
    static final int CTRL_GIO_MASTER_DISABLE = 1 << 2;
    static final int CTRL_ASDE = 1 << 5;
    /** Set link up. */
    static final int CTRL_SLU = 1 << 6;
    static final int CTRL_FRCSPD = 1 << 11;
    static final int CTRL_FRCDPLX = 1 << 12;
    /** Reset of all but the configuration space and the PHY; clears itself. */
    static final int CTRL_RST = 1 << 26;
    static final int CTRL_RFCE = 1 << 27;
    static final int CTRL_TFCE = 1 << 28;
    /** VLAN tags are taken out of received frames, and inserted where a descriptor asks (7.5). */
    static final int CTRL_VME = 1 << 30;
    static final int CTRL_PHY_RST = 1 << 31;

    /** (10.2.2.2). */
    static final long STATUS = 0x00008;
    static final int STATUS_FD = 1;
    static final int STATUS_LU = 1 << 1;
    /** Flow control has paused sending. */
    static final int STATUS_TXOFF = 1 << 4;
    static final int STATUS_SPEED_SHIFT = 6;
    static final int STATUS_SPEED = 3 << STATUS_SPEED_SHIFT;
    /** 1 while requests of the device may be pending. */
    static final int STATUS_GIO_MASTER_ENABLE = 1 << 19;

    static final long EECD = 0x00010;
    /** The NVM has been read into the registers. */
    static final int EECD_AUTO_RD = 1 << 9;

    static final long EXTCNF_CTRL = 0x00f00;
    /** Software, not the firmware, owns the PHY. */
    static final int EXTCNF_MDIO_SW_OWNERSHIP = 1 << 5;

    /** The EtherType of VLAN tags. QEMU 10 sets it to 0 in a reset. */
    static final long VET = 0x00038;
    static final int VET_8021Q = 0x8100;

    /**
     * How the 40 KiB of the chip are shared: KiB for received frames. A reset applies the value,
     * and does not change it.
     */
    static final long PBA = 0x01000;
    /** The half, as at power-on: two frames of 9 KiB fit in either half. */
    static final int PBA_RX_20K = 20;

    // Interrupts (10.2.4).
    /** (10.2.4.1). */
    static final long ICR = 0x000c0;
    /** The least time between two interrupts (10.2.4.2); 0: none. */
    static final long ITR = 0x000c4;
    static final long IMS = 0x000d0;
    static final long IMC = 0x000d8;
    /** Causes that are cleared, and masked, when their vector is raised. */
    static final long EIAC = 0x000dc;
    /** Causes that are masked when ICR is read. */
    static final long IAM = 0x000e0;
    /** (10.2.4.9). */
    static final long IVAR = 0x000e4;
    static final int INT_LSC = 1 << 2;
    /** Received frames: RXT0; with MSI-X RXQ0 and RXQ1. */
    static final int INT_RX = 1 << 7 | 3 << 20;
    /** With MSI-X: all causes without a queue's vector, such as LSC. */
    static final int INT_OTHER = 1 << 24;
    /** Whether the interrupt is asserted; no cause. */
    static final int ICR_INT_ASSERTED = 1 << 31;
    /** IVAR: RXQ0, RXQ1 and {@link #INT_OTHER} raise vector 0. */
    static final int IVAR_ALL_VECTOR_0 = 1 << 3 | 1 << 7 | 1 << 19;

    // Receive (10.2.5).
    /** (10.2.5.1). */
    static final long RCTL = 0x00100;
    static final int RCTL_EN = 1 << 1;
    /** Unicast frames for others. */
    static final int RCTL_UPE = 1 << 3;
    /** All multicast frames. */
    static final int RCTL_MPE = 1 << 4;
    /** Frames longer than 1522 bytes with their FCS. */
    static final int RCTL_LPE = 1 << 5;
    static final int RCTL_BAM = 1 << 15;
    static final int RCTL_BSIZE_SHIFT = 16;
    /** The sizes of BSIZE are times 16. */
    static final int RCTL_BSEX = 1 << 25;
    /** Only tagged frames of the VLANs in VFTA. */
    static final int RCTL_VFE = 1 << 18;
    /** Strips the FCS. */
    static final int RCTL_SECRC = 1 << 26;
    /** The bits that are written. */
    static final int RCTL_WRITTEN = RCTL_EN | RCTL_UPE | RCTL_MPE | RCTL_LPE
            | RCTL_BAM | 3 << RCTL_BSIZE_SHIFT | RCTL_BSEX | RCTL_VFE | RCTL_SECRC;

    static final long RDBAL = 0x02800;
    static final long RDBAH = 0x02804;
    static final long RDLEN = 0x02808;
    static final long RDH = 0x02810;
    static final long RDT = 0x02818;
    static final long RDTR = 0x02820;
    /** (10.2.5.11). */
    static final long RXDCTL = 0x02828;
    static final long RADV = 0x0282c;
    /** RXDCTL, TXDCTL: thresholds count descriptors. All 0 here: written back at once. */
    static final int DCTL_GRAN = 1 << 24;

    /** What is checked of received packets (7.1.10). */
    static final long RXCSUM = 0x05000;
    /** The checksum of IPv4. */
    static final int RXCSUM_IPOFLD = 1 << 8;
    /** The checksum of TCP and UDP. */
    static final int RXCSUM_TUOFLD = 1 << 9;
    /** The RSS hash is written back, instead of the sum of the packet. */
    static final int RXCSUM_PCSD = 1 << 13;
    static final long RFCTL = 0x05008;
    static final int RFCTL_ACK_DIS = 1 << 12;
    /** Receive descriptors are written back in the extended format (7.1.4). */
    static final int RFCTL_EXSTEN = 1 << 15;
    /** RSS (7.1.11): with {@link #RFCTL_EXSTEN} and {@link #RXCSUM_PCSD} alone. */
    static final long MRQC = 0x05818;
    static final int MRQC_RSS = 1;
    static final int MRQC_TCP_IPV4 = 1 << 16;
    static final int MRQC_IPV4 = 1 << 17;
    static final int MRQC_TCP_IPV6 = 1 << 18;
    static final int MRQC_IPV6 = 1 << 20;
    /** A byte for each of the 128 entries; bit 7 is the queue. */
    static final long RETA = 0x05c00;
    static final int RETA_ENTRIES = 128;
    static final int RETA_QUEUE_SHIFT = 7;
    /** The hash key, first byte lowest. */
    static final long RSSRK = 0x05c80;
    static final int RSSRK_BYTES = 40;

    static final long MTA = 0x05200;
    static final int MTA_ENTRIES = 128;
    /** (10.2.5.23). */
    static final long RAL = 0x05400;
    static final long RAH = 0x05404;
    static final int RAH_AV = 1 << 31;
    static final int RA_ENTRIES = 16;
    /** The last entry may belong to the manageability firmware, as in Linux and DPDK. */
    static final int RA_USABLE = 15;
    static final long VFTA = 0x05600;
    static final int VFTA_ENTRIES = 128;

    // Transmit (10.2.6).
    /** (10.2.6.1). */
    static final long TCTL = 0x00400;
    static final int TCTL_EN = 1 << 1;
    /** Pads short frames. */
    static final int TCTL_PSP = 1 << 3;
    /** Collision threshold 15 and distance 63, the data sheet's values for full duplex. */
    static final int TCTL_CT_COLD = 0x0f << 4 | 0x3f << 12;
    static final int TCTL_RTLC = 1 << 24;
    /** Several read requests at a time. */
    static final int TCTL_MULR = 1 << 28;
    static final long TIPG = 0x00410;
    /** IPGT 8, IPGR1 8, IPGR2 6. */
    static final int TIPG_COPPER = 8 | 8 << 10 | 6 << 20;

    static final long TDBAL = 0x03800;
    static final long TDBAH = 0x03804;
    static final long TDLEN = 0x03808;
    static final long TDH = 0x03810;
    static final long TDT = 0x03818;
    static final long TIDV = 0x03820;
    /** (10.2.6.11). */
    static final long TXDCTL = 0x03828;
    static final long TADV = 0x0382c;
    /** Must be 1 according to the data sheet. */
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
