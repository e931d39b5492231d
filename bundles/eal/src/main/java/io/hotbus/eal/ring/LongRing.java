// SPDX-License-Identifier: Apache-2.0
package io.hotbus.eal.ring;

import org.osgi.annotation.versioning.ProviderType;

/**
 * A bounded queue of longs, in bulk. Never blocks, allocates or locks. The class says how many
 * threads may add and remove at once.
 */
@ProviderType
public sealed interface LongRing permits MpmcRing, SpscRing {
    /** How many longs it holds. */
    int capacity();

    /** How many longs are in it, as of some moment during the call. Any thread. */
    int size();

    /**
     * Adds up to {@code count} of {@code values} from {@code offset}; returns how many fitted.
     */
    int offer(long[] values, int offset, int count);

    /**
     * Removes up to {@code count} longs into {@code values} from {@code offset}; returns how many.
     */
    int poll(long[] values, int offset, int count);
}
