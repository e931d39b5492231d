// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * A way to forward packets: receive, do something, transmit. Register it as a service and
 * {@code set fwd NAME} knows it.
 *
 * <p>One object serves all streams, on several lcores at once, so it keeps no state.
 * Source: DPDK {@code struct fwd_engine}.
 */
@ConsumerType
public interface ForwardEngine {
    /** What it is called in {@code set fwd} and {@code --forward-mode}: a short word. */
    String name();

    /**
     * Serves the stream once. On an lcore's hot path: never allocates, logs, locks, waits or throws
     * (a stream whose engine throws is stopped). Every buffer it receives or allocates it transmits
     * or frees before it returns.
     */
    void forward(FwdStream stream);
}
