// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.igb;

/**
 * The registers of these chips alone, besides those in {@link io.hotbus.pmd.intel}: byte offsets in
 * BAR0, and bits. Names, offsets and bits are those of the data sheets of the 82576, I350 and I210,
 * chapter "Programming Interface"; these three agree in all that is here.
 */
final class IgbRegs {
    static final long BAR0_LENGTH = 128 << 10;

    /** Link reset, of a SerDes. In CTRL. */
    static final int CTRL_LRST = 1 << 3;
    /** In STATUS: the number of the port in the chip. */
    static final int STATUS_LAN_ID_SHIFT = 2;
    static final int STATUS_LAN_ID = 3 << STATUS_LAN_ID_SHIFT;

    static final long CTRL_EXT = 0x00018;
    /** What is behind the MAC; 0: the copper PHY of the chip. */
    static final int CTRL_EXT_LINK_MODE = 3 << 22;

    /** Access to a register of the PHY. */
    static final long MDIC = 0x00020;
    static final int MDIC_DATA = 0xffff;
    static final int MDIC_REGADD_SHIFT = 16;
    /** The address of the chip's own PHY. I350 and I210 ignore it. */
    static final int MDIC_PHYADD_1 = 1 << 21;
    static final int MDIC_WRITE = 1 << 26;
    static final int MDIC_READ = 2 << 26;
    static final int MDIC_READY = 1 << 28;
    static final int MDIC_ERROR = 1 << 30;

    /** VET: the inner EtherType of VLAN tags, and the outer one, which is not used. */
    static final int VET_BOTH_8021Q = 0x8100 | 0x8100 << 16;

    /** The semaphore of the software in SW_FW_SYNC: a read sets SMBI. */
    static final long SWSM = 0x05b50;
    static final int SWSM_SMBI = 1;
    static final int SWSM_SWESMBI = 1 << 1;
    /** What the software uses; 16 bits above it what the firmware uses. */
    static final long SW_FW_SYNC = 0x05b5c;
    /** The PHYs of the four ports. */
    private static final int[] SW_PHY_SM = {1 << 1, 1 << 2, 1 << 5, 1 << 6};
    static final int FW_SHIFT = 16;

    // Interrupts. Without GPIE.Multiple_MSIX all causes go through ICR to the only vector.
    /** A received frame was written back, of any queue. */
    static final int INT_RXDW = 1 << 7;
    static final long GPIE = 0x01514;
    static final long EIMC = 0x01528;
    /** The least time between two interrupts of vector 0. */
    static final long EITR0 = 0x01680;

    /** The longest frame to receive, with its FCS. */
    static final long RLPML = 0x05004;
    /** In MRQC: spread packets over all queues. */
    static final int MRQC_RSS = 2;
    static final int MRQC_TCP_IPV6_EX = 1 << 18;
    static final int MRQC_TCP_IPV6 = 1 << 21;
    static final int MRQC_UDP_IPV4 = 1 << 22;
    static final int MRQC_UDP_IPV6 = 1 << 23;
    /** Pools of queues for virtual machines; 0: none. */
    static final long VT_CTL = 0x0581c;

    private IgbRegs() {
    }

    /** The bit of the PHY of port {@code lan} in SW_FW_SYNC. */
    static int swPhySm(int lan) {
        return SW_PHY_SM[lan];
    }
}
