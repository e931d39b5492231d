// SPDX-License-Identifier: Apache-2.0
package com.example.net.acme;

/**
 * The registers, as the data sheet would have them: 32 bits each, offsets in bytes. None of them
 * ever holds all-ones.
 */
final class AcmeRegs {
    /** RW: {@link #CTRL_ENABLE}; 0 after power-on. */
    static final int CTRL = 0x00;
    /** RO: {@link #STATUS_LINK}. */
    static final int STATUS = 0x04;
    /** RW, the doorbell: how many packets were ever put into the ring, modulo 2^31. */
    static final int TAIL = 0x08;
    /** Bytes in all. */
    static final int LENGTH = 0x0c;

    static final int CTRL_ENABLE = 1;
    static final int STATUS_LINK = 1;

    private AcmeRegs() {
    }
}
