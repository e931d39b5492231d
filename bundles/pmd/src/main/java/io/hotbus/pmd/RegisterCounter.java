// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd;

import org.osgi.annotation.versioning.ConsumerType;

/** One statistics register. A driver lists the registers of its device in an enum. */
@ConsumerType
public interface RegisterCounter {
    /** How a statistics register counts. */
    enum Kind {
        /** 32 bits; a read sets the register to zero. */
        CLEARED_BY_READ_32,
        /** 64 bits in two registers of 32; a read of the higher one sets both to zero. */
        CLEARED_BY_READ_64,
        /** 64 bits; the value only rises. */
        RISING_64
    }

    /** The name of the counter in the extended statistics. */
    String xstat();

    /** The offset of the register in the window, in bytes. */
    long offset();

    /** How the register counts. */
    Kind kind();
}
