// SPDX-License-Identifier: Apache-2.0
package io.hotbus.metrics;

import com.sun.net.httpserver.HttpExchange;
import io.hotbus.app.Arguments;
import io.hotbus.app.UsageException;
import io.hotbus.http.HttpListener;
import io.hotbus.http.HttpServers;
import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Optional;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The page {@code /metrics}, if {@code --metrics} asks for it, on threads {@code metrics}. */
@Component(service = {})
public final class Endpoint {
    private static final Logger LOG = LoggerFactory.getLogger(Endpoint.class);
    private static final String PAGE = "/metrics";
    private static final int OK = 200;
    private static final int UNAUTHORIZED = 401;
    private static final int NOT_FOUND = 404;
    private static final int NOT_ALLOWED = 405;
    private static final int MISDIRECTED = 421;
    private static final ExpositionFormats FORMATS = ExpositionFormats.init();

    private final Collector collector;
    private final HttpServers servers;
    private final Optional<HttpListener> listener;

    /** Listens, if the command line asks for it. */
    @Activate
    public Endpoint(BundleContext context, @Reference Collector collector,
            @Reference HttpServers servers) {
        this.collector = collector;
        this.servers = servers;
        Optional<HttpListener> started = Optional.empty();
        try {
            started = Arguments.of(context).address(Arguments.METRICS).flatMap(this::listen);
        } catch (UsageException e) {
            LOG.debug("no metrics: {}", e.getMessage()); // the command says so and ends
        }
        this.listener = started;
    }

    private Optional<HttpListener> listen(InetSocketAddress address) {
        if (!address.getAddress().isLoopbackAddress() && !servers.hasToken()) {
            LOG.error("no metrics: {} {}: an address beyond this machine needs a token (token of "
                    + "io.hotbus.http)", Arguments.METRICS, address);
            return Optional.empty();
        }
        try {
            final HttpListener http = servers.listen("metrics", address, this::handle);
            LOG.info("metrics: {}{}", http.url(), PAGE);
            return Optional.of(http);
        } catch (IOException e) {
            LOG.error("no metrics: {} {}: {}", Arguments.METRICS, address, e.getMessage());
            return Optional.empty();
        }
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            if (servers.hasToken() && !servers.bearsToken(exchange)) {
                exchange.getResponseHeaders().set("WWW-Authenticate", "Bearer");
                exchange.sendResponseHeaders(UNAUTHORIZED, -1);
            } else if (!servers.hasToken() && !servers.isForUs(exchange)) {
                exchange.sendResponseHeaders(MISDIRECTED, -1);
            } else if (!exchange.getRequestURI().getPath().equals(PAGE)) {
                exchange.sendResponseHeaders(NOT_FOUND, -1);
            } else if (!exchange.getRequestMethod().equals("GET")) {
                exchange.getResponseHeaders().set("Allow", "GET");
                exchange.sendResponseHeaders(NOT_ALLOWED, -1);
            } else {
                answer(exchange);
            }
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
        listener.ifPresent(HttpListener::close);
    }
}
