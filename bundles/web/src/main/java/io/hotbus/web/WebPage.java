// SPDX-License-Identifier: Apache-2.0
package io.hotbus.web;

import io.hotbus.eal.hotplug.Lease;
import java.util.Map;
import java.util.function.Consumer;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The page, its data, and what can be done on it. A service; any thread. The server that uses it
 * decides who may do what: it checks the host, the login, and where a request comes from.
 *
 * <p>The page also asks the server for {@code api/session}, {@code api/login}, {@code api/logout},
 * {@code api/act} and {@code api/events}. All addresses in it are relative.
 */
@ProviderType
public interface WebPage {
    /**
     * What each answer says besides: no other site is asked for anything, or may show the page in a
     * frame.
     */
    Map<String, String> HEADERS = Map.of(
            "Content-Security-Policy", "default-src 'self'; frame-ancestors 'self'; "
                    + "base-uri 'none'; form-action 'self'",
            "X-Content-Type-Options", "nosniff",
            "Referrer-Policy", "no-referrer",
            "Cross-Origin-Opener-Policy", "same-origin",
            "Cross-Origin-Resource-Policy", "same-origin",
            "Cache-Control", "no-cache");

    /** Whether that path has data, and is not a file of the page. */
    static boolean isData(String path) {
        return path.startsWith("api/");
    }

    /**
     * A file of the page, or data.
     *
     * @param path  without a slash at its beginning; empty: the page itself
     * @param query the parameters of the request
     * @throws IllegalArgumentException a parameter is wrong
     */
    WebAnswer get(String path, Map<String, String> query);

    /**
     * Does something, and says what was done.
     *
     * @param what {@code do}: {@code yank}, {@code plug}, {@code attach}, {@code detach}, {@code
     *             start} or {@code stop}; {@code device}: the name or the devargs of a device
     * @param who  who asks for it, for the log
     */
    WebAnswer act(Map<String, String> what, String who);

    /**
     * Tells of all that happens from now on: events as {@code text/event-stream} has them.
     *
     * @param watcher called on the thread {@code web-feed}; never blocks
     * @return closing it ends this
     */
    Lease watch(Consumer<byte[]> watcher);
}
