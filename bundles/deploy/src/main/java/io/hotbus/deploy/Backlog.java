// SPDX-License-Identifier: Apache-2.0
package io.hotbus.deploy;

import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.osgi.framework.Bundle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches events that one thread delivers to all listeners, and reports if a sent event does not
 * arrive: then a listener hangs and keeps the thread. Any thread.
 */
final class Backlog {
    private static final Logger LOG = LoggerFactory.getLogger(Backlog.class);

    private final String events;
    private final String thread;
    private final Bundle system;
    private final Bundles bundles;
    private final ScheduledExecutorService later;
    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong arrived = new AtomicLong();
    private final AtomicBoolean told = new AtomicBoolean();

    /**
     * Begins with no event.
     *
     * @param events the kind of events, as a subject in the plural
     * @param thread the beginning of the name of the thread that delivers them
     */
    Backlog(String events, String thread, Bundles bundles, ScheduledExecutorService later) {
        this.events = events;
        this.thread = thread;
        this.bundles = bundles;
        this.later = later;
        this.system = bundles.byId(0).orElseThrow();
    }

    /** Notes that an event is about to be queued. */
    void sent() {
        lookLater(sent.incrementAndGet(), arrived.get());
    }

    /** Notes that the oldest of the sent events has arrived. */
    void arrived() {
        // An event that was queued before this object was created was never counted as sent.
        arrived.updateAndGet(count -> Math.min(count + 1, sent.get()));
        if (told.getAndSet(false)) {
            LOG.info("{} arrive again", events);
        }
    }

    private void lookLater(long event, long before) {
        try {
            later.schedule(() -> look(event, before),
                    bundles.limit().toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("{} are sent while this bundle stops", events, e);
        }
    }

    /** Checks that the event has arrived or, if the queue is long, that others have since. */
    private void look(long event, long before) {
        long now = arrived.get();
        if (now >= event || system.getState() != Bundle.ACTIVE) {
            return;
        } else if (now > before) {
            lookLater(event, now);
        } else if (!told.getAndSet(true)) {
            LOG.error("{} do not arrive any more: the thread {} hangs{}",
                    events, thread, bundles.where(thread, system));
        }
    }
}
