// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.igbvf;

/**
 * The registers of a virtual function, besides those of its queues and STATUS: byte offsets in
 * BAR0, and bits. Source: data sheets of the 82576 and the I350, chapter "Programming Interface",
 * registers of virtual functions.
 */
final class VfRegs {
    static final long BAR0_LENGTH = 16 << 10;

    static final long VTCTRL = 0x00000;
    /** Reset of the queues of this function, and of their interrupts; clears itself. */
    static final int VTCTRL_RST = 1 << 26;

    static final long VTEIMC = 0x01528;

    /** The mailbox: 16 registers of memory that both functions read and write. */
    static final long VMBMEM = 0x00800;
    static final int VMBMEM_WORDS = 16;
    static final long V2PMAILBOX = 0x00c40;
    /** There is a message for the physical function. Written only. */
    static final int MAILBOX_REQ = 1;
    /** The message of the physical function was read. Written only. */
    static final int MAILBOX_ACK = 1 << 1;
    /** This function has the memory. It cannot be set while {@link #MAILBOX_PFU} is. */
    static final int MAILBOX_VFU = 1 << 2;
    /** The physical function has the memory. */
    static final int MAILBOX_PFU = 1 << 3;
    /** There is a message of the physical function. A read clears it. */
    static final int MAILBOX_PFSTS = 1 << 4;
    /** The physical function has read the message. A read clears it. */
    static final int MAILBOX_PFACK = 1 << 5;
    /** The physical function is being reset, or is down. */
    static final int MAILBOX_RSTI = 1 << 6;
    /** The physical function has been reset. A read clears it. */
    static final int MAILBOX_RSTD = 1 << 7;

    private VfRegs() {
    }
}
