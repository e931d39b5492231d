// SPDX-License-Identifier: Apache-2.0
package io.hotbus.ethdev;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * Is told of port events. Register it as a service. Called on {@code control}, one event after the
 * other, so it may close a port and detach its device directly; a listener that throws or hangs
 * harms no other.
 */
@ConsumerType
@FunctionalInterface
public interface EthEventListener {
    /** Something happened to a port. */
    void onEthEvent(EthEvent event);
}
