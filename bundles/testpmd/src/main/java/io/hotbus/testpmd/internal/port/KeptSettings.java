// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.port;

import io.hotbus.ethdev.Port;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What was set on ports by hand, by the names of their devices: a port whose device was pulled out,
 * or whose driver was replaced, comes back as it was. A device that is detached by hand begins
 * anew. Any thread.
 */
final class KeptSettings {
    private final Set<String> promiscuous = ConcurrentHashMap.newKeySet();
    private final Set<String> stopped = ConcurrentHashMap.newKeySet();
    private final Set<String> closed = ConcurrentHashMap.newKeySet();

    /** Keeps what the port itself knows; to be called when it goes. */
    void keep(Port port) {
        set(promiscuous, port, port.promiscuous());
    }

    /** Whether frames for other addresses are to be received. */
    boolean promiscuous(Port port) {
        return promiscuous.contains(port.name());
    }

    void setStopped(Port port, boolean on) {
        set(stopped, port, on);
    }

    /** Whether the port is to stay stopped. */
    boolean stopped(Port port) {
        return stopped.contains(port.name());
    }

    void setClosed(Port port) {
        set(closed, port, true);
    }

    /** Whether the port is to stay closed, until its device is attached by hand. */
    boolean closed(Port port) {
        return closed.contains(port.name());
    }

    /** The device is attached. */
    void reopen(String device) {
        closed.remove(device);
    }

    /** The device is detached by hand. */
    void forget(Port port) {
        promiscuous.remove(port.name());
        stopped.remove(port.name());
        closed.remove(port.name());
    }

    private static void set(Set<String> names, Port port, boolean on) {
        if (on) {
            names.add(port.name());
        } else {
            names.remove(port.name());
        }
    }
}
