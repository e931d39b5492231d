// SPDX-License-Identifier: Apache-2.0
package io.hotbus.ethdev;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * Receives port events. Register it as a service. Called on {@code control}, one event after the
 * other, so it may close a port and detach its device directly. A listener that throws or hangs
 * does not affect the others.
 */
@ConsumerType
@FunctionalInterface
public interface EthEventListener {
    /** Handles an event of a port. */
    void onEthEvent(EthEvent event);
}
