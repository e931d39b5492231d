// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.memif;

import io.hotbus.eal.io.RawMemory;

/** Copies packets. For short ones, a loop costs less than a call of the copy stub. */
final class Copy {
    private static final int SHORT = 256;

    private Copy() {
    }

    /** Copies exactly {@code length} bytes, at least 0. */
    static void copy(long from, long to, int length) {
        if (length > SHORT || length < Long.BYTES) {
            RawMemory.copy(from, to, length);
            return;
        }
        int last = length - Long.BYTES;
        for (int i = 0; i < last; i += Long.BYTES) {
            RawMemory.putLong(to + i, RawMemory.getLong(from + i));
        }
        // The last bytes, some of them twice.
        RawMemory.putLong(to + last, RawMemory.getLong(from + last));
    }
}
