// SPDX-License-Identifier: Apache-2.0
package io.hotbus.app;

import io.hotbus.eal.mem.MempoolCaches;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * What an {@link Lcore} calls again and again: receives a burst, does something, transmits. On the
 * hot path: never allocates, logs, locks or waits. A task that throws is not called any more.
 */
@ConsumerType
@FunctionalInterface
public interface LcoreTask {
    /** Does its work once. {@code caches} are the lcore's. */
    void poll(MempoolCaches caches);

    /** As {@code Mempool.holders} names it, where buffers are missing. */
    default String label() {
        return toString();
    }
}
