// SPDX-License-Identifier: Apache-2.0
package io.hotbus.web.internal;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import io.hotbus.web.WebAnswer;
import io.hotbus.web.internal.Sessions.Session;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Decides who may do what, and logs in and out. Any thread. */
final class Gate {
    private static final Logger LOG = LoggerFactory.getLogger(Gate.class);
    private static final int FORBIDDEN = 403;
    private static final int TOO_MANY = 429;
    private static final String CSRF = "X-CSRF-Token";

    private final WebSettings settings;
    private final Sessions sessions;
    private final Throttle throttle = new Throttle(System::nanoTime);
    private final boolean secure;
    private final boolean open;
    private final String cookie;

    /**
     * @param secure whether the server speaks HTTPS
     * @param open   whether anyone may read
     * @param port   a part of the cookie's name: browsers give it to all ports of a host
     */
    Gate(WebSettings settings, boolean secure, boolean open, int port) {
        this.settings = settings;
        this.sessions = new Sessions(settings.session(), System::nanoTime);
        this.secure = secure;
        this.open = open;
        this.cookie = (secure ? "__Host-" : "") + "hotbus-" + port;
    }

    /** Whether the request may read data. */
    boolean mayRead(HttpExchange exchange) {
        return open || session(exchange, false).isPresent();
    }

    /** Whether the request comes from the page itself, and not from another site's. */
    boolean isSameOrigin(HttpExchange exchange) {
        final Headers headers = exchange.getRequestHeaders();
        return (secure ? "https://" : "http://").concat(String.valueOf(headers.getFirst("Host")))
                .equalsIgnoreCase(headers.getFirst("Origin"));
    }

    /** The session of who may change something by this request. */
    Optional<Session> mayChange(HttpExchange exchange) {
        return session(exchange, true).filter(session -> session.isCsrf(
                Optional.ofNullable(exchange.getRequestHeaders().getFirst(CSRF))));
    }

    private Optional<Session> session(HttpExchange exchange, boolean used) {
        final Optional<String> id = exchange.getRequestHeaders()
                .getOrDefault("Cookie", List.of()).stream()
                .flatMap(line -> Arrays.stream(line.split(";\\s*")))
                .filter(each -> each.startsWith(cookie + "="))
                .map(each -> each.substring(cookie.length() + 1)).findFirst();
        return sessions.find(id, used);
    }

    /** What the page has to know about who asks. */
    WebAnswer describe(HttpExchange exchange) {
        return describe(session(exchange, false));
    }

    private WebAnswer describe(Optional<Session> session) {
        final Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("login", settings.password().isPresent());
        shown.put("mayRead", open || session.isPresent());
        shown.put("csrf", session.map(Session::csrf));
        return WebAnswer.of(shown);
    }

    /** Logs in with a password; the answer sets the cookie. */
    WebAnswer login(HttpExchange exchange, Map<String, String> form) {
        if (settings.password().isEmpty()) {
            return WebAnswer.said(FORBIDDEN, "No password is set: `launcher/hotbus password` makes "
                    + "one for io.hotbus.web.cfg");
        }
        final InetAddress address = exchange.getRemoteAddress().getAddress();
        final String client = address.getHostAddress();
        final Optional<Session> session;
        synchronized (throttle) { // one password at a time: each costs a CPU some time
            final Duration wait = throttle.wait(client);
            if (!wait.isZero()) {
                final String seconds = Long.toString(wait.plusMillis(999).toSeconds());
                exchange.getResponseHeaders().set("Retry-After", seconds);
                return WebAnswer.said(TOO_MANY, "Wrong passwords were tried: wait " + seconds
                        + " s and try again");
            }
            throttle.tried(client);
            session = settings.password().get().matches(
                    form.getOrDefault("password", "").toCharArray())
                    ? Optional.of(sessions.open()) : Optional.empty();
            if (session.isPresent()) {
                throttle.succeeded(client);
            }
        }
        if (session.isEmpty()) {
            LOG.warn("web: a wrong password from {}", client);
            return WebAnswer.said(FORBIDDEN, "The password is wrong");
        }
        LOG.info("web: login from {}", client);
        setCookie(exchange, session.get().id(), "");
        return describe(session);
    }

    /** Ends a session. */
    WebAnswer logout(HttpExchange exchange, Session session) {
        sessions.close(session);
        setCookie(exchange, "", "; Max-Age=0");
        return describe(Optional.empty());
    }

    private void setCookie(HttpExchange exchange, String value, String more) {
        exchange.getResponseHeaders().add("Set-Cookie",
                "%s=%s; Path=/; HttpOnly; SameSite=Strict%s%s".formatted(
                        cookie, value, secure ? "; Secure" : "", more));
    }
}
