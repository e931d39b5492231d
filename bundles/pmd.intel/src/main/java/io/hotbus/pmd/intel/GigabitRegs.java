// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd.intel;

import io.hotbus.ethdev.Link;
import io.hotbus.pmd.Registers;

/**
 * The registers that all of Intel's gigabit chips have at the same place: byte offsets in BAR0, and
 * bits. Names, offsets and bits are those of the data sheets. Those of queues are in {@link
 * QueueLayout}, of filters in {@link FilterTables}, of RSS in {@link RssTables}, and of the
 * interrupt in {@link GigabitInterrupt}.
 */
public final class GigabitRegs {
    /** Device control. */
    public static final long CTRL = 0x00000;
    /** Stops requests of the device on PCI Express; see {@link #STATUS_GIO_MASTER_ENABLE}. */
    public static final int CTRL_GIO_MASTER_DISABLE = 1 << 2;
    /** Set link up. */
    public static final int CTRL_SLU = 1 << 6;
    /** Force the speed. */
    public static final int CTRL_FRCSPD = 1 << 11;
    /** Force the duplex mode. */
    public static final int CTRL_FRCDPLX = 1 << 12;
    /** Reset of all but the configuration space and the PHY; clears itself. */
    public static final int CTRL_RST = 1 << 26;
    /** Flow control of received frames. */
    public static final int CTRL_RFCE = 1 << 27;
    /** Flow control of sent frames. */
    public static final int CTRL_TFCE = 1 << 28;
    /** VLAN tags are taken out of received frames, and inserted where a descriptor asks. */
    public static final int CTRL_VME = 1 << 30;
    /** Reset of the PHY. */
    public static final int CTRL_PHY_RST = 1 << 31;

    /** Device status; a virtual function has a copy of it at the same place. */
    public static final long STATUS = 0x00008;
    /** Full duplex. */
    public static final int STATUS_FD = 1;
    /** The link is up. */
    public static final int STATUS_LU = 1 << 1;
    /** Flow control has paused sending. */
    public static final int STATUS_TXOFF = 1 << 4;
    /** 10, 100 or 1000 Mbit/s. */
    public static final int STATUS_SPEED_SHIFT = 6;
    /** The bits of the speed. */
    public static final int STATUS_SPEED = 3 << STATUS_SPEED_SHIFT;
    /** 1 while requests of the device may be pending. */
    public static final int STATUS_GIO_MASTER_ENABLE = 1 << 19;

    /** The NVM. */
    public static final long EECD = 0x00010;
    /** The NVM has been read into the registers. */
    public static final int EECD_AUTO_RD = 1 << 9;

    /** The EtherType of VLAN tags; the 82576 and its successors have an outer one above it. */
    public static final long VET = 0x00038;
    /** That of IEEE 802.1Q. */
    public static final int VET_8021Q = 0x8100;

    /** Causes that are masked when ICR is read. */
    public static final long IAM = 0x000e0;
    /** The cause that the link has changed. */
    public static final int INT_LSC = 1 << 2;

    /** Receive control. Its bits for filters are in {@link FilterTables}. */
    public static final long RCTL = 0x00100;
    /** Enables the unit. */
    public static final int RCTL_EN = 1 << 1;
    /** Frames longer than 1522 bytes with their FCS. */
    public static final int RCTL_LPE = 1 << 5;
    /** Broadcast frames. */
    public static final int RCTL_BAM = 1 << 15;
    /** The size of buffers; the 82576 and its successors have it in SRRCTL, and 0 here. */
    public static final int RCTL_BSIZE_SHIFT = 16;
    /** The bits of the size. */
    public static final int RCTL_BSIZE = 3 << RCTL_BSIZE_SHIFT;
    /** The sizes of BSIZE are times 16. */
    public static final int RCTL_BSEX = 1 << 25;
    /** Strips the FCS. */
    public static final int RCTL_SECRC = 1 << 26;

    /** What is checked of received packets. */
    public static final long RXCSUM = 0x05000;
    /** The checksum of IPv4. */
    public static final int RXCSUM_IPOFLD = 1 << 8;
    /** The checksum of TCP and UDP. */
    public static final int RXCSUM_TUOFLD = 1 << 9;
    /** The RSS hash is written back, instead of the sum of the packet. */
    public static final int RXCSUM_PCSD = 1 << 13;
    /** How received packets are spread over the queues. */
    public static final long MRQC = 0x05818;
    /** Addresses and ports of TCP over IPv4. */
    public static final int MRQC_TCP_IPV4 = 1 << 16;
    /** Addresses of IPv4. */
    public static final int MRQC_IPV4 = 1 << 17;
    /** Addresses of IPv6. */
    public static final int MRQC_IPV6 = 1 << 20;

    /** Transmit control. */
    public static final long TCTL = 0x00400;
    /** Enables the unit. */
    public static final int TCTL_EN = 1 << 1;
    /** Pads short frames. */
    public static final int TCTL_PSP = 1 << 3;
    /** Collision threshold 15. */
    public static final int TCTL_CT = 0x0f << 4;
    /** Sends again after a late collision. */
    public static final int TCTL_RTLC = 1 << 24;

    private static final int[] SPEEDS_MBPS = {10, 100, 1000, 1000};

    private GigabitRegs() {
    }

    /** The link according to a value of STATUS. */
    public static Link link(int status) {
        if (status == Registers.GONE || (status & STATUS_LU) == 0) {
            return Link.DOWN;
        }
        int speed = (status & STATUS_SPEED) >> STATUS_SPEED_SHIFT;
        return new Link(true, SPEEDS_MBPS[speed], (status & STATUS_FD) != 0);
    }
}
