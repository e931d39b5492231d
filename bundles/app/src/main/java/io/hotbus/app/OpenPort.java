// SPDX-License-Identifier: Apache-2.0
package io.hotbus.app;

import io.hotbus.eal.mem.MempoolCaches;
import io.hotbus.ethdev.Port;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/**
 * A port of a {@link PortGroup}. The port outlives its device: while the device is away, the port
 * receives nothing and drops what is sent.
 */
@ProviderType
public interface OpenPort {
    /** The name of the device. */
    String name();

    /** The present port of the device; empty while the device is away. Any thread. */
    Optional<Port> port();

    /**
     * Receives a burst into {@code mbufs} and returns the number of packets. Called by a task of
     * the group.
     *
     * @param caches the caches of the lcore
     */
    int receive(MempoolCaches caches, long[] mbufs);

    /**
     * Sends the first {@code count} of {@code mbufs}, frees those that the port does not take, and
     * returns the number that it took. Called by a task of the group.
     *
     * @param caches the caches of the lcore
     */
    int send(MempoolCaches caches, long[] mbufs, int count);
}
