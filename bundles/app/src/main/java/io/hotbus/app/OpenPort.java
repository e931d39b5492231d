// SPDX-License-Identifier: Apache-2.0
package io.hotbus.app;

import io.hotbus.eal.mem.MempoolCaches;
import io.hotbus.ethdev.Port;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/**
 * A port of a {@link PortGroup}. It outlives its device: while that is away it receives nothing and
 * drops what is sent.
 */
@ProviderType
public interface OpenPort {
    /** The name of the device. */
    String name();

    /** The port now; empty while its device is away. Any thread. */
    Optional<Port> port();

    /**
     * Receives a burst into {@code mbufs}, and returns how many packets. In a task of the group.
     *
     * @param caches the lcore's
     */
    int receive(MempoolCaches caches, long[] mbufs);

    /**
     * Sends the first {@code count} of {@code mbufs}, and frees those that the port does not take.
     * Returns how many it took. In a task of the group.
     *
     * @param caches the lcore's
     */
    int send(MempoolCaches caches, long[] mbufs, int count);
}
