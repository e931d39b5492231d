// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * A forwarding engine: receives, processes and transmits packets. Register it as a service to make
 * it available as {@code set fwd NAME}.
 *
 * <p>One object serves all streams, on several lcores at once, so it keeps no state.
 * Source: DPDK {@code struct fwd_engine}.
 */
@ConsumerType
public interface ForwardEngine {
    /** The name in {@code set fwd} and {@code --forward-mode}: a short word. */
    String name();

    /**
     * Serves the stream once. On an lcore's hot path: never allocates, logs, locks, waits or throws
     * (a stream whose engine throws is stopped). It must transmit or free every buffer that it
     * receives or allocates before it returns.
     */
    void forward(FwdStream stream);
}
