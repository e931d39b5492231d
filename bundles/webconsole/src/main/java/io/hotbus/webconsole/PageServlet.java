// SPDX-License-Identifier: Apache-2.0
package io.hotbus.webconsole;

import io.hotbus.web.WebAnswer;
import io.hotbus.web.WebPage;
import io.hotbus.web.WebStream;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.Servlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The page, below the address of the console and behind its login: who is logged in there may
 * change something here.
 */
@Component(service = Servlet.class, property = {
    "osgi.http.whiteboard.servlet.pattern=" + PageServlet.PATH + "/*",
    "osgi.http.whiteboard.servlet.asyncSupported:Boolean=true",
    "osgi.http.whiteboard.context.select="
        + "(osgi.http.whiteboard.context.name=org.apache.felix.webconsole)"})
public final class PageServlet extends HttpServlet {
    static final String PATH = "/hotbus-page";
    private static final Logger LOG = LoggerFactory.getLogger(PageServlet.class);
    private static final long serialVersionUID = 1L;
    private static final int STREAMS = 32;
    private static final Duration LIFE = Duration.ofMinutes(5);
    private static final int TOKEN_BYTES = 32;

    private final transient WebPage page;
    private final transient ThreadPoolExecutor streams = new ThreadPoolExecutor(0, STREAMS, 1,
            TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
                final Thread thread = new Thread(task, "web-stream");
                thread.setDaemon(true);
                return thread;
            });
    /** What the page has to bear to change something: other sites cannot read it. */
    private final String csrf;

    /** Serves {@code page}. */
    @Activate
    public PageServlet(@Reference WebPage page) {
        this.page = page;
        final byte[] token = new byte[TOKEN_BYTES];
        new SecureRandom().nextBytes(token);
        this.csrf = Base64.getUrlEncoder().withoutPadding().encodeToString(token);
    }

    @Deactivate
    void deactivate() {
        streams.shutdownNow();
    }

    private static String path(HttpServletRequest request) {
        final String path = request.getPathInfo();
        return path == null ? "" : path.substring(1);
    }

    private static Map<String, String> parameters(HttpServletRequest request) {
        final Map<String, String> first = new HashMap<>();
        request.getParameterMap().forEach((name, values) -> first.put(name, values[0]));
        return first;
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        final String path = path(request);
        if (path.equals("api/events")) {
            stream(request, response);
        } else if (path.equals("api/session")) {
            send(response, WebAnswer.of(Map.of("login", false, "mayRead", true, "csrf", csrf)));
        } else {
            try {
                send(response, page.get(path, parameters(request)));
            } catch (IllegalArgumentException e) {
                send(response, WebAnswer.said(WebAnswer.BAD_REQUEST, e.getMessage()));
            }
        }
    }

    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        if (!path(request).equals("api/act")) {
            send(response, WebAnswer.said(WebAnswer.NOT_FOUND, "There is no such action"));
        } else if (!isOwn(request)) {
            send(response, WebAnswer.said(HttpServletResponse.SC_FORBIDDEN,
                    "The request comes from another site"));
        } else {
            send(response, page.act(parameters(request),
                    "web console, " + request.getRemoteUser() + " at " + request.getRemoteAddr()));
        }
    }

    /** Whether the request comes from the page: it has its origin, and its token. */
    private boolean isOwn(HttpServletRequest request) {
        final String token = request.getHeader("X-CSRF-Token");
        return (request.getScheme() + "://" + request.getHeader("Host"))
                .equalsIgnoreCase(request.getHeader("Origin"))
                && token != null && MessageDigest.isEqual(
                        token.getBytes(StandardCharsets.UTF_8),
                        csrf.getBytes(StandardCharsets.UTF_8));
    }

    private void stream(HttpServletRequest request, HttpServletResponse response) {
        final AsyncContext context = request.startAsync();
        context.setTimeout(0); // the stream ends by itself
        response.setContentType(WebStream.TYPE);
        response.setHeader("Cache-Control", "no-store");
        try {
            streams.execute(() -> {
                try {
                    WebStream.copy(page, response.getOutputStream(), LIFE, () -> true);
                } catch (IOException e) {
                    LOG.trace("a browser went", e);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                } finally {
                    context.complete();
                }
            });
        } catch (RejectedExecutionException e) {
            LOG.debug("{} streams are open", STREAMS, e);
            response.setStatus(HttpServletResponse.SC_SERVICE_UNAVAILABLE);
            context.complete();
        }
    }

    private static void send(HttpServletResponse response, WebAnswer answer) throws IOException {
        WebPage.HEADERS.forEach(response::setHeader);
        response.setStatus(answer.status());
        response.setContentType(answer.type());
        response.setContentLength(answer.body().length);
        response.getOutputStream().write(answer.body());
    }
}
