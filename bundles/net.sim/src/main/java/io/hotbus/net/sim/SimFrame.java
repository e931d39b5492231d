// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.sim;

import io.hotbus.eal.io.RawMemory;
import java.util.Arrays;

/** The pieces of a frame that is being sent. Thread {@code sim-hw}. */
final class SimFrame {
    /** Up to here a loop is faster than the call of a copy routine. */
    private static final int SHORT_COPY = 256;

    private long[] addresses = new long[4];
    private int[] lengths = new int[4];
    private int pieces;
    private int length;

    void clear() {
        pieces = 0;
        length = 0;
    }

    void add(long address, int bytes) {
        if (pieces == addresses.length) {
            addresses = Arrays.copyOf(addresses, 2 * pieces);
            lengths = Arrays.copyOf(lengths, 2 * pieces);
        }
        addresses[pieces] = address;
        lengths[pieces++] = bytes;
        length += bytes;
    }

    /** Bytes in the frame. */
    int length() {
        return length;
    }

    /** Copies {@code count} bytes, from {@code offset} in the frame on. */
    void copy(int offset, long to, int count) {
        int skip = offset;
        int done = 0;
        for (int i = 0; done < count; i++) {
            int piece = Math.min(lengths[i] - skip, count - done);
            if (piece > 0) {
                copy(addresses[i] + skip, to + done, piece);
                done += piece;
            }
            skip = Math.max(0, skip - lengths[i]);
        }
    }

    private static void copy(long from, long to, int length) {
        if (length > SHORT_COPY || length < Long.BYTES) {
            RawMemory.copy(from, to, length);
            return;
        }
        int last = length - Long.BYTES;
        for (int i = 0; i < last; i += Long.BYTES) {
            RawMemory.putLong(to + i, RawMemory.getLong(from + i));
        }
        // The last eight bytes may overlap those before them.
        RawMemory.putLong(to + last, RawMemory.getLong(from + last));
    }
}
