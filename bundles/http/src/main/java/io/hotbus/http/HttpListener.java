// SPDX-License-Identifier: Apache-2.0
package io.hotbus.http;

import org.osgi.annotation.versioning.ProviderType;

/** A server that listens. Any thread. */
@ProviderType
public interface HttpListener extends AutoCloseable {
    /** Where it listens, as in {@code http://127.0.0.1:9187}. */
    String url();

    /** Whether it speaks HTTPS. */
    boolean isSecure();

    /** Stops listening and disconnects all clients. Idempotent. */
    @Override
    void close();
}
