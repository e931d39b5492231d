// SPDX-License-Identifier: Apache-2.0
package io.hotbus.web.internal;

import com.sun.net.httpserver.HttpExchange;
import io.hotbus.eal.hotplug.Lease;
import io.hotbus.web.WebPage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Streams of events to browsers, each on a thread {@code web-stream} of its own, which a slow
 * browser blocks. A stream ends before the limit of the server, and the browser asks for the next.
 */
final class Streams implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Streams.class);
    private static final int MOST = 32;
    private static final int WAITING = 16;
    private static final long LIFE_NANOS = TimeUnit.SECONDS.toNanos(45);
    private static final int OK = 200;
    private static final int BUSY = 503;
    private static final byte[] BEGIN = "retry: 500\n\n".getBytes(StandardCharsets.UTF_8);

    private final WebPage page;
    private final ThreadPoolExecutor threads = new ThreadPoolExecutor(0, MOST, 1,
            TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
                final Thread thread = new Thread(task, "web-stream");
                thread.setDaemon(true);
                return thread;
            });

    Streams(WebPage page) {
        this.page = page;
    }

    /** Answers with a stream that ends at the latest when {@code goesOn} is false. */
    void open(HttpExchange exchange, BooleanSupplier goesOn) throws IOException {
        try {
            threads.execute(() -> run(exchange, goesOn));
        } catch (RejectedExecutionException e) {
            LOG.debug("{} streams are open", MOST, e);
            exchange.getResponseHeaders().set("Retry-After", "5");
            exchange.sendResponseHeaders(BUSY, -1);
            exchange.close();
        }
    }

    private void run(HttpExchange exchange, BooleanSupplier goesOn) {
        final long end = System.nanoTime() + LIFE_NANOS;
        final BlockingQueue<byte[]> events = new ArrayBlockingQueue<>(WAITING);
        // What does not fit is left out: the next state says all.
        try (exchange; Lease watch = page.watch(events::offer)) {
            exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
            exchange.getResponseHeaders().set("Cache-Control", "no-store");
            exchange.sendResponseHeaders(OK, 0);
            final OutputStream out = exchange.getResponseBody();
            out.write(BEGIN);
            while (System.nanoTime() - end < 0 && goesOn.getAsBoolean()) {
                final byte[] event = events.poll(1, TimeUnit.SECONDS);
                if (event != null) {
                    out.write(event);
                    out.flush();
                }
            }
        } catch (IOException e) {
            LOG.trace("a browser went", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
