// SPDX-License-Identifier: Apache-2.0
package io.hotbus.web.internal;

import io.hotbus.cli.Json;
import io.hotbus.eal.hotplug.Lease;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells all who watch what there is, each second, on the thread {@code web-feed}. Nothing is read
 * while nobody watches.
 */
final class Feed implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Feed.class);
    private static final long PERIOD_MILLIS = 1000;
    /** Changes that follow each other closer than that are told together. */
    private static final long PAUSE_MILLIS = 100;

    private final Supplier<Object> state;
    private final List<Consumer<byte[]>> watchers = new CopyOnWriteArrayList<>();
    private final AtomicBoolean asked = new AtomicBoolean();
    private final ScheduledExecutorService thread;
    private volatile long toldNanos = System.nanoTime();

    /** {@code state}: what is told; called on the thread of this. */
    Feed(Supplier<Object> state) {
        this.state = state;
        this.thread = Executors.newSingleThreadScheduledExecutor(task -> {
            final Thread feed = new Thread(task, "web-feed");
            feed.setDaemon(true);
            return feed;
        });
        thread.scheduleAtFixedRate(this::tell, PERIOD_MILLIS, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Tells {@code watcher} of the present state soon, and then of all. */
    Lease watch(Consumer<byte[]> watcher) {
        watchers.add(watcher);
        soon();
        return () -> watchers.remove(watcher);
    }

    /**
     * Tells the state before its time, since something has changed; in a storm of changes ten times
     * a second, as each telling takes CPU time from those who remove and attach. Any thread.
     */
    void soon() {
        if (!watchers.isEmpty() && asked.compareAndSet(false, true)) {
            try {
                thread.schedule(this::tellOfChange, PAUSE_MILLIS - sinceTold(),
                        TimeUnit.MILLISECONDS);
            } catch (RejectedExecutionException e) {
                LOG.trace("closed", e);
            }
        }
    }

    private long sinceTold() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - toldNanos);
    }

    private void tellOfChange() {
        asked.set(false);
        tell();
    }

    private void tell() {
        toldNanos = System.nanoTime();
        if (watchers.isEmpty()) {
            return;
        }
        try {
            final byte[] event = event("state", state.get());
            watchers.forEach(watcher -> watcher.accept(event));
        } catch (RuntimeException | IOException e) {
            LOG.warn("the page is told nothing this second", e);
        }
    }

    /** An event of the media type {@code text/event-stream}. */
    private static byte[] event(String name, Object value) throws IOException {
        return "event: %s\ndata: %s\n\n".formatted(name, Json.line(value))
                .getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
