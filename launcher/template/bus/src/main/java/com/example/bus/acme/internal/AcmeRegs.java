// SPDX-License-Identifier: Apache-2.0
package com.example.bus.acme.internal;

/**
 * The registers of a card of model "beat", as its data sheet would have them: 32 bits each, offsets
 * in bytes. None of them ever holds all-ones.
 */
final class AcmeRegs {
    /** RO: {@link #ID_VALUE}. */
    static final int ID = 0x00;
    /** RO: which one it is. */
    static final int SERIAL = 0x04;
    /** RW: what was written last; 0 after power-on. */
    static final int BEAT = 0x08;
    /** Bytes in all. */
    static final int LENGTH = 0x0c;

    static final int ID_VALUE = 0xbea7;
    /** What each reads as when the card is gone. */
    static final int GONE = -1;

    private AcmeRegs() {
    }
}
