// SPDX-License-Identifier: Apache-2.0
package io.hotbus.ethdev.internal;

import io.hotbus.ethdev.EthEvent;
import io.hotbus.ethdev.EthEventListener;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A listener while its service is registered. Once it is closed, no call is inside the listener and
 * none begins.
 */
final class EthEventSubscriber {
    private static final Logger LOG = LoggerFactory.getLogger(EthEventSubscriber.class);

    private final EthEventListener listener;
    private final Duration patience;
    /** Held during a call. Reentrant, because a listener may unregister its own service. */
    private final ReentrantLock inside = new ReentrantLock();
    private volatile boolean closed;

    /** {@code patience} is how long {@link #close} waits for a call to return. */
    EthEventSubscriber(EthEventListener listener, Duration patience) {
        this.listener = listener;
        this.patience = patience;
    }

    EthEventListener listener() {
        return listener;
    }

    /** Calls the listener. On {@code control}. */
    void deliver(EthEvent event) {
        inside.lock();
        try {
            if (!closed) {
                listener.onEthEvent(event);
            }
        } finally {
            inside.unlock();
        }
    }

    /** Waits until the call inside, if any, has returned. Idempotent. */
    void close() {
        closed = true;
        try {
            if (inside.tryLock(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                inside.unlock();
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        LOG.warn("{} went away while handling a port event, and did not return within {} s",
                listener, patience.toSeconds());
    }
}
