// SPDX-License-Identifier: Apache-2.0
package io.hotbus.web.internal;

import com.sun.net.httpserver.HttpExchange;
import io.hotbus.web.WebPage;
import io.hotbus.web.WebStream;
import java.io.IOException;
import java.time.Duration;
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
    private static final Duration LIFE = Duration.ofSeconds(45);
    private static final int OK = 200;
    private static final int BUSY = 503;

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
        try (exchange) {
            exchange.getResponseHeaders().set("Content-Type", WebStream.TYPE);
            exchange.getResponseHeaders().set("Cache-Control", "no-store");
            exchange.sendResponseHeaders(OK, 0);
            WebStream.copy(page, exchange.getResponseBody(), LIFE, goesOn);
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
