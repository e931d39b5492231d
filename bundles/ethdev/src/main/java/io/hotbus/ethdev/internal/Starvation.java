// SPDX-License-Identifier: Apache-2.0
package io.hotbus.ethdev.internal;

import io.hotbus.ethdev.EthStats;
import java.util.concurrent.TimeUnit;

/**
 * Detects from the counters that a started port receives nothing because it gets no buffers. One
 * thread at a time.
 */
final class Starvation {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    /** The counters at the last look; null if the port was not started then. */
    private EthStats before;
    private long beforeNanos;
    private boolean told;

    /**
     * Whether the port has begun to starve: for a second it received nothing and failed to get a
     * buffer. True once, and again only after it has received something.
     *
     * @param nanos when {@code now} was read, on the clock of {@link System#nanoTime}
     */
    boolean began(EthStats now, long nanos) {
        if (before != null && nanos - beforeNanos < SECOND) {
            return false;
        }
        EthStats last = before == null ? now : before;
        before = now;
        beforeNanos = nanos;
        if (now.rxPackets() != last.rxPackets()) {
            told = false;
        }
        boolean starves = now.rxPackets() == last.rxPackets() && now.noMbuf() > last.noMbuf();
        boolean began = starves && !told;
        told |= starves;
        return began;
    }

    /** Notes that the port is not started. */
    void forget() {
        before = null;
        told = false;
    }
}
