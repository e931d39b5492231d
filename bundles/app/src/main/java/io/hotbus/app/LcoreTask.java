// SPDX-License-Identifier: Apache-2.0
package io.hotbus.app;

import io.hotbus.eal.mem.MempoolCaches;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * A task that an {@link Lcore} calls again and again: typically it receives a burst, processes the
 * packets and transmits. Hot path: a task never allocates, logs, locks or waits. A task that throws
 * is no longer called.
 */
@ConsumerType
@FunctionalInterface
public interface LcoreTask {
    /**
     * Does one round of work. {@code caches} are those of the lcore.
     *
     * @return whether there was something to do, which makes the round a busy one ({@link
     *     LcoreUsage}), and keeps an lcore awake that sleeps when it is idle
     */
    boolean poll(MempoolCaches caches);

    /** The name of the task in {@code Mempool.holders}, which lists who holds missing buffers. */
    default String label() {
        return toString();
    }
}
