// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.failsafe;

import io.hotbus.eal.mem.MempoolCaches;
import io.hotbus.ethdev.Port;
import io.hotbus.pmd.members.Barrier;
import io.hotbus.pmd.members.MembersRxQueue;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.WeakHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which sub-devices the queues receive from and send through. Control threads; some may hold the
 * locks of a bus, so nothing here calls a bus or waits for one.
 */
final class Paths {
    private static final Logger LOG = LoggerFactory.getLogger(Paths.class);

    private final String name;
    private final Barrier barrier;
    private final MempoolCaches caches;
    /** Ports that must not be used again. */
    private final Set<Port> left = Collections.newSetFromMap(new WeakHashMap<>());
    /** Ports that may have packets that they have not sent, in the order of their first use. */
    private final Set<Port> used = new LinkedHashSet<>();
    private List<MembersRxQueue> rx = List.of();
    private List<FailsafeTxQueue> tx = List.of();
    private List<Port> ports = List.of();
    /** The same ports, for lcores. */
    private volatile Port[] senders = {};

    /** @param caches those of no lcore */
    Paths(String name, Barrier barrier, MempoolCaches caches) {
        this.name = name;
        this.barrier = barrier;
        this.caches = caches;
    }

    /** Switches these queues from now on. There are no bursts. */
    synchronized void setQueues(List<MembersRxQueue> receive, List<FailsafeTxQueue> transmit) {
        rx = List.copyOf(receive);
        tx = List.copyOf(transmit);
    }

    /** The port to send through: the first that is there, or null. Any thread. */
    Port sender() {
        for (Port port : senders) {
            if (!port.isRemoved()) {
                return port;
            }
        }
        return null;
    }

    /** The ports to send through, the preferred one first; not to be changed. Any thread. */
    Port[] senders() {
        return senders;
    }

    /** Uses these ports from now on, the first that is there to send. */
    synchronized void use(List<Port> wanted) {
        List<Port> next = wanted.stream().filter(port -> !left.contains(port)).toList();
        used.addAll(next);
        if (!next.equals(ports)) {
            change(next, null);
        }
    }

    /** The ports that may have packets that they have not sent. */
    synchronized List<Port> used() {
        return List.copyOf(used);
    }

    /**
     * Never uses {@code port} again. When this returns, no lcore is in a burst on it. If its device
     * is gone, what it has not sent is on its way through another one; otherwise {@link #takeBack}
     * follows.
     */
    synchronized void leave(Port port) {
        left.add(port);
        pause(port);
    }

    /**
     * Does not use {@code port}, which has lost its state, until it is among those of {@link #use}
     * again.
     */
    synchronized void pause(Port port) {
        boolean gone = port.isRemoved() && used.remove(port);
        if (gone || ports.contains(port)) {
            change(without(port), gone ? port : null);
        }
    }

    private List<Port> without(Port port) {
        return ports.stream().filter(other -> other != port).toList();
    }

    /** Sends through another port what {@code port}, which is stopped or gone, has not sent. */
    synchronized void takeBack(Port port) {
        if (used.remove(port)) {
            change(without(port), port);
        }
    }

    private void change(List<Port> next, Port leaving) {
        ports = next;
        Port[] all = next.toArray(Port[]::new);
        senders = all;
        rx.forEach(queue -> queue.receiveFrom(all));
        tx.forEach(FailsafeTxQueue::hold);
        barrier.pass();
        boolean waited = true;
        for (MembersRxQueue queue : rx) {
            waited &= queue.awaitBurst();
        }
        for (FailsafeTxQueue queue : tx) {
            waited &= resume(queue, leaving);
        }
        if (!waited) {
            LOG.error("{}: a burst does not end, so a sub-device is used no longer than that",
                    name);
        }
    }

    /** Lets a queue that is held go on. Returns whether the present burst ended in time. */
    private boolean resume(FailsafeTxQueue queue, Port leaving) {
        boolean waited = queue.awaitBurst();
        if (waited) {
            queue.resume(leaving, caches);
        } else {
            queue.resumeInBurst();
        }
        return waited;
    }

    /** Sends what still waits, in case that no lcore does. */
    synchronized void sendWaiting() {
        for (FailsafeTxQueue queue : tx) {
            if (queue.hasWaiting()) {
                queue.hold();
                barrier.pass();
                resume(queue, null);
            }
        }
    }

    /** Gives back what waits to be sent again; returns how many. There are no bursts. */
    synchronized int discard() {
        return tx.stream().mapToInt(queue -> queue.discard(caches)).sum();
    }
}
