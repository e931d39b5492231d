// SPDX-License-Identifier: Apache-2.0
package io.hotbus.jfr;

/** Changes times of {@link System#nanoTime} to those of the wall. */
final class Clock {
    private static final long MILLION = 1_000_000;

    private Clock() {
    }

    /** Milliseconds since 1970. */
    static long wallMillis(long nanoTime) {
        return System.currentTimeMillis() - (System.nanoTime() - nanoTime) / MILLION;
    }
}
