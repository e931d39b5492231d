// SPDX-License-Identifier: Apache-2.0
package io.hotbus.history;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * Is told of what {@link History} comes to know. Register it as a service. Called on the thread
 * {@code history}, one call after the other; must not wait. An exception is logged.
 */
@ConsumerType
public interface HistoryListener {
    /** There is a new removal, or more is known of it than in the call before: a step, its end. */
    default void onRemoval(Removal removal) {
        // not of interest
    }

    /** There is a new fault. */
    default void onFault(Fault fault) {
        // not of interest
    }
}
