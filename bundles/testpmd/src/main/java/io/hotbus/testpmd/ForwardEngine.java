// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd;

import io.hotbus.eal.bus.DeviceException;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * A forwarding engine: receives, processes and transmits packets. Register it as a service to make
 * it available as {@code set fwd NAME}.
 *
 * <p>One object serves all streams, on several lcores at once. What an engine has to remember
 * about a stream is kept in the stream: {@link FwdStream#state}.
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

    /**
     * Whether packets go out at the port that they came from, whatever the topology is: the engine
     * answers them.
     */
    default boolean answers() {
        return false;
    }

    /**
     * Prepares a stream before it is served. On a control thread.
     *
     * @throws DeviceException it cannot be served as it is set up; the message says why
     */
    default void begin(FwdStream stream) throws DeviceException {
    }

    /**
     * Gives back what the stream holds for the engine. On a control thread, when no lcore serves
     * the stream any more.
     */
    default void end(FwdStream stream) {
    }
}
