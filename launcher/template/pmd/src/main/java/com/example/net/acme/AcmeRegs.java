// SPDX-License-Identifier: Apache-2.0
package com.example.net.acme;

/**
 * The register map, as in a data sheet: 32 bits each, offsets in bytes. No register ever holds
 * all-ones.
 */
final class AcmeRegs {
    /** RW: {@link #CTRL_ENABLE}; 0 after power-on. */
    static final int CTRL = 0x00;
    /** RO: {@link #STATUS_LINK}. */
    static final int STATUS = 0x04;
    /** RW, the doorbell: the number of packets ever put into the ring, modulo 2^31. */
    static final int TAIL = 0x08;
    /** The length of all registers in bytes. */
    static final int LENGTH = 0x0c;

    static final int CTRL_ENABLE = 1;
    static final int STATUS_LINK = 1;

    private AcmeRegs() {
    }
}
