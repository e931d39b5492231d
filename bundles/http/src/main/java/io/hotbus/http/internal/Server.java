// SPDX-License-Identifier: Apache-2.0
package io.hotbus.http.internal;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.hotbus.http.HttpListener;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A server of the JDK. It reads a request on the thread that answers it, so that a slow client
 * keeps one of the threads.
 */
final class Server implements HttpListener {
    private static final Logger LOG = LoggerFactory.getLogger(Server.class);
    private static final int THREADS = 64;
    private static final long IDLE_SECONDS = 10;
    private static final int FAILED = 500;
    /** How long a client may take for its request, in seconds. */
    private static final String REQUEST_SECONDS = "5";
    /** How long an answer may take, in seconds. */
    private static final String ANSWER_SECONDS = "60";
    private static final String CONNECTIONS = "256";

    private final String name;
    private final HttpHandler handler;
    private final HttpServer server;
    private final ThreadPoolExecutor executor;

    Server(String name, InetSocketAddress address, Optional<SSLContext> tls, HttpHandler handler)
            throws IOException {
        limit("sun.net.httpserver.maxReqTime", REQUEST_SECONDS);
        limit("sun.net.httpserver.maxRspTime", ANSWER_SECONDS);
        limit("jdk.httpserver.maxConnections", CONNECTIONS);
        this.name = name;
        this.handler = handler;
        this.server = tls.isPresent() ? secure(address, tls.get()) : HttpServer.create(address, 0);
        this.executor = new ThreadPoolExecutor(THREADS, THREADS, IDLE_SECONDS, TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(), task -> {
                    final Thread thread = new Thread(task, name);
                    thread.setDaemon(true);
                    return thread;
                });
        executor.allowCoreThreadTimeOut(true);
        server.createContext("/", this::handle);
        server.setExecutor(executor);
        server.start();
    }

    /** The JDK reads the limits when the first server of the process is created. */
    private static void limit(String property, String value) {
        System.getProperties().putIfAbsent(property, value);
    }

    private static HttpServer secure(InetSocketAddress address, SSLContext tls)
            throws IOException {
        final HttpsServer https = HttpsServer.create(address, 0);
        https.setHttpsConfigurator(new HttpsConfigurator(tls));
        return https;
    }

    private void handle(HttpExchange exchange) throws IOException {
        try {
            handler.handle(exchange);
        } catch (RuntimeException e) {
            LOG.warn("{}: the request {} {} failed", name, exchange.getRequestMethod(),
                    exchange.getRequestURI(), e);
            if (exchange.getResponseCode() < 0) {
                exchange.sendResponseHeaders(FAILED, -1);
            }
            exchange.close();
        }
    }

    @Override
    public String url() {
        final InetSocketAddress at = server.getAddress();
        final String host =
                at.getAddress().getHostAddress().replaceFirst("^0:0:0:0:0:0:0:", "::");
        return "%s://%s:%s".formatted(isSecure() ? "https" : "http",
                at.getAddress() instanceof Inet6Address ? "[" + host + "]" : host, at.getPort());
    }

    @Override
    public boolean isSecure() {
        return server instanceof HttpsServer;
    }

    @Override
    public void close() {
        server.stop(0);
        executor.shutdownNow();
    }
}
