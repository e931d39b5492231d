// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd.pci;

import java.time.Duration;
import java.util.Optional;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * What a queue shows of the work of its device. Thread {@code interrupt}; the device is started,
 * and the queue is not closed meanwhile. No method waits.
 */
@ConsumerType
public interface NicQueue {
    /** A number that changes when the device has worked, or has new work. */
    long state();

    /** Whether a change from {@code before} to {@code now} shows that the device has worked. */
    default boolean hasWorked(long before, long now) {
        return true;
    }

    /**
     * Examines a queue whose state is unchanged for {@code limit}. Returns why that is wrong, for
     * messages; empty if the device has nothing to do.
     */
    Optional<String> whyStuck(Duration limit);
}
