// SPDX-License-Identifier: Apache-2.0
package io.hotbus.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.net.InetSocketAddress;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Opens servers with the certificate and the limits of this process, and checks requests. A service
 * that comes anew when its configuration changes; any thread.
 */
@ProviderType
public interface HttpServers {
    /**
     * Listens at {@code address}: by HTTPS if a certificate is configured, else by HTTP.
     *
     * @param name    names the threads and the messages
     * @param handler answers all requests, on up to 64 threads {@code name}; it may keep the
     *                exchange and answer later, on a thread of its own, for a minute at most
     * @throws IOException the address is in use or not of this machine, or the configuration is
     *     wrong; the message says which
     */
    HttpListener listen(String name, InetSocketAddress address, HttpHandler handler)
            throws IOException;

    /** Whether a bearer token is configured. */
    boolean hasToken();

    /** Whether a token is configured and the request bears it. Takes the same time either way. */
    boolean bearsToken(HttpExchange request);

    /**
     * Whether the request is for a name of this server: an address, {@code localhost}, or one of
     * the configured names. A page of another site, whose own name leads to this machine, asks for
     * that name ("DNS rebinding").
     */
    boolean isForUs(HttpExchange request);
}
