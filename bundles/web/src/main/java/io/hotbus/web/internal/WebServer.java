// SPDX-License-Identifier: Apache-2.0
package io.hotbus.web.internal;

import com.sun.net.httpserver.HttpExchange;
import io.hotbus.app.Arguments;
import io.hotbus.app.UsageException;
import io.hotbus.eal.config.SettingException;
import io.hotbus.eal.config.Settings;
import io.hotbus.http.HttpListener;
import io.hotbus.http.HttpServers;
import io.hotbus.web.WebAnswer;
import io.hotbus.web.WebPage;
import io.hotbus.web.internal.Sessions.Session;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Optional;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.Designate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Serves the page, if {@code --web} asks for it, on threads {@code web}. */
@Component(service = {}, configurationPid = WebSettings.PID)
@Designate(ocd = WebConfiguration.class)
public final class WebServer {
    private static final Logger LOG = LoggerFactory.getLogger(WebServer.class);
    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;
    private static final int NOT_ALLOWED = 405;
    private static final int MISDIRECTED = 421;

    private final WebPage page;
    private final HttpServers servers;
    private final WebSettings settings;
    private final Streams streams;
    private final Optional<HttpListener> listener;
    /** Set before the first request is answered. */
    private volatile Gate gate;

    /** Listens, if the command line asks for it. */
    @Activate
    public WebServer(BundleContext context, Map<String, Object> properties,
            @Reference HttpServers servers, @Reference WebPage page) {
        this.page = page;
        this.servers = servers;
        this.settings = read(properties);
        this.streams = new Streams(page);
        Optional<HttpListener> started = Optional.empty();
        try {
            started = Arguments.of(context).address(Arguments.WEB).flatMap(this::listen);
        } catch (UsageException e) {
            LOG.debug("no page: {}", e.getMessage()); // the command says so and ends
        }
        this.listener = started;
    }

    private static WebSettings read(Map<String, Object> properties) {
        try {
            return Settings.read(WebSettings.PID, properties, WebSettings::of);
        } catch (SettingException e) {
            LOG.error("{} (nothing can be changed on the page until that is corrected)",
                    e.getMessage());
            return WebSettings.NONE;
        }
    }

    private Optional<HttpListener> listen(InetSocketAddress address) {
        final boolean local = address.getAddress().isLoopbackAddress();
        if (!local && settings.password().isEmpty()) {
            LOG.error("no page: {} {}: an address beyond this machine needs a password "
                    + "(launcher/hotbus password)", Arguments.WEB, address);
            return Optional.empty();
        }
        try {
            final HttpListener http = servers.listen("web", address, this::handle);
            gate = new Gate(settings, http.isSecure(), local, address.getPort());
            LOG.info("web: {}/", http.url());
            return Optional.of(http);
        } catch (IOException e) {
            LOG.error("no page: {} {}: {}", Arguments.WEB, address, e.getMessage());
            return Optional.empty();
        }
    }

    private void handle(HttpExchange exchange) throws IOException {
        WebPage.HEADERS.forEach(exchange.getResponseHeaders()::set);
        final String whole = exchange.getRequestURI().getPath();
        final String path = whole.isEmpty() ? whole : whole.substring(1);
        final Gate now = gate;
        if (now == null || !servers.isForUs(exchange)) {
            send(exchange, WebAnswer.said(MISDIRECTED, "This is not the host of that name (names "
                    + "of io.hotbus.http)"));
        } else if (exchange.getRequestMethod().equals("POST")) {
            send(exchange, post(exchange, now, path));
        } else if (!exchange.getRequestMethod().equals("GET")) {
            exchange.getResponseHeaders().set("Allow", "GET, POST");
            send(exchange, WebAnswer.said(NOT_ALLOWED, "Only GET and POST are known here"));
        } else if (path.equals("api/events") && now.mayRead(exchange)) {
            streams.open(exchange, () -> now.mayRead(exchange));
        } else {
            send(exchange, get(exchange, now, path));
        }
    }

    private WebAnswer get(HttpExchange exchange, Gate now, String path) {
        if (path.equals("api/session")) {
            return now.describe(exchange);
        }
        if (WebPage.isData(path) && !now.mayRead(exchange)) {
            return WebAnswer.said(UNAUTHORIZED, "Log in first");
        }
        try {
            return page.get(path, Form.parse(exchange.getRequestURI().getRawQuery()));
        } catch (IllegalArgumentException e) {
            return WebAnswer.said(WebAnswer.BAD_REQUEST, e.getMessage());
        }
    }

    private WebAnswer post(HttpExchange exchange, Gate now, String path) throws IOException {
        if (!now.isSameOrigin(exchange)) {
            return WebAnswer.said(FORBIDDEN, "The request comes from another site");
        }
        try {
            final Map<String, String> form = Form.of(exchange);
            if (path.equals("api/login")) {
                return now.login(exchange, form);
            }
            final Optional<Session> session = now.mayChange(exchange);
            if (session.isEmpty()) {
                return WebAnswer.said(FORBIDDEN, "Log in first");
            }
            final String who = "web, " + exchange.getRemoteAddress().getAddress().getHostAddress();
            return switch (path) {
                case "api/act" -> page.act(form, who);
                case "api/logout" -> now.logout(exchange, session.get());
                default -> WebAnswer.said(WebAnswer.NOT_FOUND, "There is no '" + path + "' here");
            };
        } catch (IllegalArgumentException e) {
            return WebAnswer.said(WebAnswer.BAD_REQUEST, e.getMessage());
        }
    }

    private static void send(HttpExchange exchange, WebAnswer answer) throws IOException {
        try (exchange) {
            exchange.getResponseHeaders().set("Content-Type", answer.type());
            exchange.sendResponseHeaders(answer.status(), answer.body().length);
            exchange.getResponseBody().write(answer.body());
        }
    }

    /** Stops listening, and ends all sessions. */
    @Deactivate
    void deactivate() {
        streams.close();
        listener.ifPresent(HttpListener::close);
    }
}
