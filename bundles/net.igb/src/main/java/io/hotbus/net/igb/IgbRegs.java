// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.igb;

/**
 * The registers that this driver uses, besides those of queues, filters, RSS and statistics: byte
 * offsets in BAR0, and bits. Names, offsets and bits are those of the data sheets of the 82576,
 * I350 and I210, chapter "Programming Interface"; these three agree in all that is here.
 */
final class IgbRegs {
    static final long BAR0_LENGTH = 128 << 10;

    // General registers.
    static final long CTRL = 0x00000;
    /** Stops requests of the device on PCI Express; see {@link #STATUS_GIO_MASTER_ENABLE}. */
    static final int CTRL_GIO_MASTER_DISABLE = 1 << 2;
    /** Link reset, of a SerDes. */
    static final int CTRL_LRST = 1 << 3;
    /** Set link up. */
    static final int CTRL_SLU = 1 << 6;
    static final int CTRL_FRCSPD = 1 << 11;
    static final int CTRL_FRCDPLX = 1 << 12;
    /** Reset of all but the configuration space and the PHY; clears itself. */
    static final int CTRL_RST = 1 << 26;
    static final int CTRL_RFCE = 1 << 27;
    static final int CTRL_TFCE = 1 << 28;
    /** VLAN tags are taken out of received frames, and inserted where a descriptor asks. */
    static final int CTRL_VME = 1 << 30;
    static final int CTRL_PHY_RST = 1 << 31;

    static final long STATUS = 0x00008;
    static final int STATUS_FD = 1;
    static final int STATUS_LU = 1 << 1;
    /** The number of the port in the chip. */
    static final int STATUS_LAN_ID_SHIFT = 2;
    static final int STATUS_LAN_ID = 3 << STATUS_LAN_ID_SHIFT;
    /** Flow control has paused sending. */
    static final int STATUS_TXOFF = 1 << 4;
    static final int STATUS_SPEED_SHIFT = 6;
    static final int STATUS_SPEED = 3 << STATUS_SPEED_SHIFT;
    /** 1 while requests of the device may be pending. */
    static final int STATUS_GIO_MASTER_ENABLE = 1 << 19;

    static final long EECD = 0x00010;
    /** The NVM has been read into the registers. Not set without an NVM, nor by QEMU. */
    static final int EECD_AUTO_RD = 1 << 9;

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

    /** The EtherTypes of VLAN tags: the inner one, and the outer one, which is not used. */
    static final long VET = 0x00038;
    static final int VET_8021Q = 0x8100 | 0x8100 << 16;

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
    /** Causes that are masked when ICR is read. */
    static final long IAM = 0x000e0;
    static final int INT_LSC = 1 << 2;
    /** A received frame was written back, of any queue. */
    static final int INT_RXDW = 1 << 7;
    static final long GPIE = 0x01514;
    static final long EIMC = 0x01528;
    /** The least time between two interrupts of vector 0. */
    static final long EITR0 = 0x01680;

    // Receive.
    static final long RCTL = 0x00100;
    static final int RCTL_RXEN = 1 << 1;
    /** Frames longer than 1522 bytes with their FCS, up to {@link #RLPML}. */
    static final int RCTL_LPE = 1 << 5;
    static final int RCTL_BAM = 1 << 15;
    /** Strips the FCS. */
    static final int RCTL_SECRC = 1 << 26;
    /** The longest frame to receive, with its FCS. */
    static final long RLPML = 0x05004;
    /** What is checked of received packets. */
    static final long RXCSUM = 0x05000;
    static final int RXCSUM_IPOFLD = 1 << 8;
    static final int RXCSUM_TUOFLD = 1 << 9;
    /** The RSS hash is written back, instead of the sum of the packet. */
    static final int RXCSUM_PCSD = 1 << 13;
    /** How received packets are spread over the queues. */
    static final long MRQC = 0x05818;
    static final int MRQC_RSS = 2;
    static final int MRQC_TCP_IPV4 = 1 << 16;
    static final int MRQC_IPV4 = 1 << 17;
    static final int MRQC_TCP_IPV6_EX = 1 << 18;
    static final int MRQC_IPV6 = 1 << 20;
    static final int MRQC_TCP_IPV6 = 1 << 21;
    static final int MRQC_UDP_IPV4 = 1 << 22;
    static final int MRQC_UDP_IPV6 = 1 << 23;
    /** Pools of queues for virtual machines; 0: none. */
    static final long VT_CTL = 0x0581c;

    // Transmit.
    static final long TCTL = 0x00400;
    static final int TCTL_EN = 1 << 1;
    /** Pads short frames. */
    static final int TCTL_PSP = 1 << 3;
    /** Collision threshold 15. */
    static final int TCTL_CT = 0x0f << 4;
    static final int TCTL_RTLC = 1 << 24;

    private IgbRegs() {
    }

    /** The bit of the PHY of port {@code lan} in SW_FW_SYNC. */
    static int swPhySm(int lan) {
        return SW_PHY_SM[lan];
    }
}
