// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.pcap;

import java.time.Instant;
import java.util.concurrent.TimeUnit;

/**
 * The wall clock in nanoseconds, without an allocation for each reading. It follows the system's
 * clock whenever it is {@linkplain #adjust adjusted}. Any thread.
 */
final class WallClock {
    private volatile long base;

    WallClock() {
        adjust();
    }

    /** Compares the clock with the system's. */
    void adjust() {
        Instant now = Instant.now();
        base = TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano() - System.nanoTime();
    }

    /** Nanoseconds since 1970 (UTC). */
    long nanos() {
        return base + System.nanoTime();
    }
}
