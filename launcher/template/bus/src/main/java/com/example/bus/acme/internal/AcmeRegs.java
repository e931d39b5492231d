// SPDX-License-Identifier: Apache-2.0
package com.example.bus.acme.internal;

/**
 * The register map of a card of model "beat", as in a data sheet: 32 bits each, offsets in bytes.
 * No register ever holds all-ones.
 */
final class AcmeRegs {
    /** RO: {@link #ID_VALUE}. */
    static final int ID = 0x00;
    /** RO: the serial number of the card. */
    static final int SERIAL = 0x04;
    /** RW: the value written last; 0 after power-on. */
    static final int BEAT = 0x08;
    /** The length of all registers in bytes. */
    static final int LENGTH = 0x0c;

    static final int ID_VALUE = 0xbea7;
    /** The value of every register when the card is gone. */
    static final int GONE = -1;

    private AcmeRegs() {
    }
}
