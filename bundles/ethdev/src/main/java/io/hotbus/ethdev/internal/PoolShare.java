// SPDX-License-Identifier: Apache-2.0
package io.hotbus.ethdev.internal;

import io.hotbus.eal.mem.Mempool;
import java.util.Optional;

/** The buffers that a port has reserved in its mempool. Guarded by the port's lock. */
final class PoolShare {
    private Optional<Mempool> pool = Optional.empty();
    private int buffers;

    /**
     * Replaces the reservation by {@code count} buffers of {@code next}. Returns how many the pool
     * lacks, or 0.
     */
    int exchange(Mempool next, int count) {
        giveBack();
        int left = next.capacity() - next.reserved();
        if (!next.reserve(count)) {
            return Math.max(1, count - left);
        }
        pool = Optional.of(next);
        buffers = count;
        return 0;
    }

    /** Ends the reservation. The port holds none of the buffers by then. Idempotent. */
    void giveBack() {
        pool.ifPresent(p -> p.unreserve(buffers));
        pool = Optional.empty();
    }

    /** {@code mempool x, 0 of whose 100 buffers are free}. */
    @Override
    public String toString() {
        return pool.map(p -> "mempool %s, %s of whose %s buffers are free"
                .formatted(p.name(), p.available(), p.capacity())).orElse("no mempool");
    }
}
