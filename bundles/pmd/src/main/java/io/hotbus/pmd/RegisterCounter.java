// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd;

import org.osgi.annotation.versioning.ConsumerType;

/** One statistics register. A driver lists those of its device in an enum. */
@ConsumerType
public interface RegisterCounter {
    /** How a statistics register counts. */
    enum Kind {
        /** 32 bits, set to zero by reading. */
        CLEARED_BY_READ_32,
        /** 64 bits that only go up. */
        RISING_64
    }

    /** The name among the extended statistics. */
    String xstat();

    /** Bytes from the start of the window. */
    long offset();

    /** How it counts. */
    Kind kind();
}
