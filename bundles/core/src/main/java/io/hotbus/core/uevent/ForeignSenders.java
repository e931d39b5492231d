// SPDX-License-Identifier: Apache-2.0
package io.hotbus.core.uevent;

import io.hotbus.os.UeventSocket.Datagram;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts the datagrams that do not come from the kernel, and warns once about each sender. Any
 * process that knows the port of a netlink socket may send to it. There are at most {@link
 * #SENDERS} warnings in a {@link #PERIOD}, so that no sender can fill the log. The monitor's
 * thread.
 */
final class ForeignSenders {
    private static final Logger LOG = LoggerFactory.getLogger(ForeignSenders.class);
    static final int SENDERS = 16;
    static final Duration PERIOD = Duration.ofMinutes(10);

    private final Set<Integer> warnedOf = new HashSet<>();
    private long periodStart = System.nanoTime();
    private long dropped;

    /** Counts {@code datagram}, which does not come from the kernel and is dropped. */
    void drop(Datagram datagram) {
        dropped++;
        if (System.nanoTime() - periodStart > PERIOD.toNanos()) {
            periodStart = System.nanoTime();
            warnedOf.clear();
        }
        if (warnedOf.size() < SENDERS && warnedOf.add(datagram.pid())) {
            LOG.warn("a uevent of process {} (uid {}), not of the kernel, is dropped, as are more "
                    + "of it ({} so far in all)", datagram.pid(), datagram.uid(), dropped);
        }
    }

    long dropped() {
        return dropped;
    }
}
