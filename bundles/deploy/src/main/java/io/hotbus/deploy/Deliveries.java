// SPDX-License-Identifier: Apache-2.0
package io.hotbus.deploy;

import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.cm.ConfigurationEvent;
import org.osgi.service.cm.ConfigurationListener;
import org.osgi.service.cm.SynchronousConfigurationListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells when changed configurations do not arrive any more: Configuration Admin has one thread to
 * deliver them all, and a component that hangs with its configuration keeps that thread.
 */
final class Deliveries implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Deliveries.class);
    /** Configuration Admin's. */
    private static final String THREAD = "CM Event Dispatcher";

    private final BundleContext context;
    private final Bundles bundles;
    private final ScheduledExecutorService later;
    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong delivered = new AtomicLong();
    private final AtomicBoolean told = new AtomicBoolean();
    private final ServiceRegistration<?> last;
    private final ServiceRegistration<?> first;

    Deliveries(BundleContext context, Bundles bundles, ScheduledExecutorService later) {
        this.context = context;
        this.bundles = bundles;
        this.later = later;
        // In this order, so that nothing is waited for that was sent before.
        this.last = context.registerService(
                ConfigurationListener.class, this::onDelivered, null);
        this.first = context.registerService(
                SynchronousConfigurationListener.class, this::onSent, null);
    }

    @Override
    public void close() {
        first.unregister();
        last.unregister();
    }

    private void onSent(ConfigurationEvent event) {
        long number = sent.incrementAndGet();
        try {
            later.schedule(() -> look(number, event.getPid()),
                    bundles.limit().toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("{} is changed while this bundle stops", event.getPid(), e);
        }
    }

    private void onDelivered(ConfigurationEvent event) {
        delivered.incrementAndGet();
        if (told.getAndSet(false)) {
            LOG.info("{}: configurations arrive again", event.getPid());
        }
    }

    private void look(long number, String pid) {
        if (delivered.get() < number && !told.getAndSet(true)) {
            LOG.error("{}: its change has not arrived, and no other will: the thread {} hangs{}",
                    pid, THREAD, bundles.where(THREAD,
                            context.getBundle(Constants.SYSTEM_BUNDLE_LOCATION)));
        }
    }
}
