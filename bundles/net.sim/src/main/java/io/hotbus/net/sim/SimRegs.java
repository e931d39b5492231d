// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.sim;

/**
 * The register map of the NIC: byte offsets in BAR0 and the bits in them. The package's
 * documentation is its data sheet. Names follow the Intel 82540 family.
 *
 * <p>Only one side writes each register, except CTRL, whose RST bit the hardware clears. The
 * registers of the data path that the driver writes (RDT, TDT) and that the hardware writes (RDH,
 * TDH) are in separate cache lines.
 */
final class SimRegs {
    static final long BAR0_LENGTH = 128 << 10;

    static final int MAX_QUEUES = 4;
    static final int MIN_DESCRIPTORS = 64;
    static final int MAX_DESCRIPTORS = 4096;

    /** Room for {@value #MAX_QUEUES} receive and transmit rings of the largest size. */
    static final long BAR2_LENGTH =
            2L * MAX_QUEUES * MAX_DESCRIPTORS * SimDescriptor.BYTES;

    // General, 32 bits each.
    static final long CTRL = 0x0000;
    /** Set link up: the port takes part in its wire. */
    static final int CTRL_SLU = 1 << 6;
    /** Reset; the hardware clears it when it is done. */
    static final int CTRL_RST = 1 << 26;

    static final long STATUS = 0x0008;
    static final int STATUS_FD = 1;
    static final int STATUS_LU = 1 << 1;
    /** The value of CTRL.SLU that the hardware has applied. */
    static final int STATUS_SLU = 1 << 6;

    /** The longest frame that is received; at most {@link #MAX_FRAME}. */
    static final long RLPML = 0x5004;
    /** Bytes of the longest frame, without FCS. */
    static final int MAX_FRAME = 9728;

    static final long RAL = 0x5400;
    static final long RAH = 0x5404;
    static final int RAH_AV = 1 << 31;

    // Statistics, 64 bits each, counted up from reset.
    static final long MPC = 0x4010;
    static final long ROC = 0x4018;
    static final long RXDMAERR = 0x4020;
    static final long GPRC = 0x4028;
    static final long GORC = 0x4030;
    static final long GPTC = 0x4080;
    static final long GOTC = 0x4088;
    static final long TXDMAERR = 0x4090;
    static final long TNLC = 0x4098;

    // Queues: each has a block of registers.
    private static final long RX_QUEUES = 0x8000;
    private static final long TX_QUEUES = 0xc000;
    private static final long QUEUE_STRIDE = 0x200;

    // Offsets in a queue's block, for receive (R) and transmit (T) alike.
    /** RDBA, TDBA, 64 bits: the offset of the ring in BAR2. */
    static final long DBA = 0x000;
    /** RDLEN, TDLEN: bytes in the ring. */
    static final long DLEN = 0x008;
    /** SRRCTL, receive only: the bytes that fit in a buffer. */
    static final long SRRCTL = 0x010;
    /** RXDCTL, TXDCTL. */
    static final long DCTL = 0x018;
    static final int DCTL_ENABLE = 1 << 25;
    /** RXIM, receive only: writing a different number asks for an interrupt. */
    static final long RXIM = 0x020;
    /** RDT, TDT: the doorbell. */
    static final long TAIL = 0x080;
    /** RDH, TDH: the hardware's position. */
    static final long HEAD = 0x100;
    /** RXQST, TXQST: the result of DCTL.ENABLE. */
    static final long QUEUE_STATUS = 0x108;
    static final int QUEUE_RUNNING = 1;
    /** DBA, DLEN or SRRCTL is invalid; cleared with DCTL.ENABLE. */
    static final int QUEUE_REJECTED = 1 << 1;

    private SimRegs() {
    }

    /** The offset of the block of receive queue {@code queue}. */
    static long rxQueue(int queue) {
        return RX_QUEUES + queue * QUEUE_STRIDE;
    }

    /** The offset of the block of transmit queue {@code queue}. */
    static long txQueue(int queue) {
        return TX_QUEUES + queue * QUEUE_STRIDE;
    }
}
