// SPDX-License-Identifier: Apache-2.0
package io.hotbus.metrics;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.hotbus.app.Arguments;
import io.hotbus.app.UsageException;
import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The page {@code /metrics}, if {@code --metrics} asks for it, on threads {@code metrics}. The
 * server is the one of the JDK, which needs no further bundle for one page. It reads a request on
 * the thread that answers it, so that a slow client keeps one of the threads.
 */
@Component(service = {})
public final class Endpoint {
    private static final Logger LOG = LoggerFactory.getLogger(Endpoint.class);
    private static final String PAGE = "/metrics";
    /** How long a client may take, in seconds. Read by the JDK when the first server is created. */
    private static final String LIMIT = "5";
    private static final int THREADS = 8;
    private static final int OK = 200;
    private static final int NOT_FOUND = 404;
    private static final int NOT_ALLOWED = 405;
    private static final ExpositionFormats FORMATS = ExpositionFormats.init();

    private final Collector collector;
    private final ExecutorService executor = Executors.newFixedThreadPool(THREADS, task -> {
        final Thread thread = new Thread(task, "metrics");
        thread.setDaemon(true);
        return thread;
    });
    private final Optional<HttpServer> server;

    /** Listens, if the command line asks for it. */
    @Activate
    public Endpoint(BundleContext context, @Reference Collector collector) {
        this.collector = collector;
        Optional<HttpServer> started = Optional.empty();
        try {
            started = Arguments.of(context).metrics().flatMap(this::listen);
        } catch (UsageException e) {
            LOG.debug("no metrics: {}", e.getMessage()); // the command says so and ends
        }
        this.server = started;
    }

    private Optional<HttpServer> listen(InetSocketAddress address) {
        System.getProperties().putIfAbsent("sun.net.httpserver.maxReqTime", LIMIT);
        System.getProperties().putIfAbsent("sun.net.httpserver.maxRspTime", LIMIT);
        try {
            final HttpServer http = HttpServer.create(address, 0);
            http.createContext(PAGE, this::handle);
            http.setExecutor(executor);
            http.start();
            LOG.info("metrics: http:/{}{}", http.getAddress(), PAGE);
            return Optional.of(http);
        } catch (IOException e) {
            LOG.error("no metrics: {} {}: {}", Arguments.METRICS, address, e.getMessage());
            return Optional.empty();
        }
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            if (!exchange.getRequestURI().getPath().equals(PAGE)) {
                exchange.sendResponseHeaders(NOT_FOUND, -1);
            } else if (!exchange.getRequestMethod().equals("GET")) {
                exchange.getResponseHeaders().set("Allow", "GET");
                exchange.sendResponseHeaders(NOT_ALLOWED, -1);
            } else {
                answer(exchange);
            }
        } catch (RuntimeException e) {
            LOG.warn("metrics: a request failed", e);
        }
    }

    private void answer(HttpExchange exchange) throws IOException {
        final String accepted = exchange.getRequestHeaders().getFirst("Accept");
        final ExpositionFormatWriter writer = FORMATS.findWriter(accepted);
        final ByteArrayOutputStream page = new ByteArrayOutputStream();
        writer.write(page, collector.collect(), EscapingScheme.UNDERSCORE_ESCAPING);
        exchange.getResponseHeaders().set("Content-Type", writer.getContentType());
        exchange.sendResponseHeaders(OK, page.size());
        page.writeTo(exchange.getResponseBody());
    }

    /** Stops listening. */
    @Deactivate
    void deactivate() {
        server.ifPresent(http -> http.stop(0));
        executor.shutdownNow();
    }
}
