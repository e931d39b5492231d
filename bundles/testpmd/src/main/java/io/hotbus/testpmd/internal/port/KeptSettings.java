// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.port;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortState;
import io.hotbus.ethdev.RxFilter;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What was set on ports by hand, by the names of their devices: a port whose device was pulled out,
 * or whose driver was replaced, comes back as it was. A device that is detached by hand begins
 * anew. Any thread.
 */
final class KeptSettings {
    /** What a port itself knows; {@code ownAddress}: it was given another one than it came with. */
    private record Kept(RxFilter filter, boolean ownAddress, int mtu) {
    }

    private final Map<String, Kept> ports = new ConcurrentHashMap<>();
    /** Ports that have what was kept: only what these know is worth keeping. */
    private final Set<Port> restored = ConcurrentHashMap.newKeySet();
    private final Set<String> stopped = ConcurrentHashMap.newKeySet();
    private final Set<String> closed = ConcurrentHashMap.newKeySet();

    /**
     * Keeps what the port itself knows; to be called when it goes. A port that went before it was
     * restored knows nothing.
     */
    void keep(Port port) {
        if (!restored.remove(port)) {
            return;
        }
        boolean ownAddress = !port.macAddress().equals(port.info().macAddress());
        ports.put(port.name(), new Kept(port.rxFilter(), ownAddress, port.mtu()));
    }

    /**
     * Sets a stopped port as the one of its name was.
     *
     * @throws DeviceException the device, perhaps another one than before, cannot do it
     */
    void restore(Port port) throws DeviceException {
        try {
            apply(port);
        } finally {
            if (port.state() != PortState.CLOSED) {
                restored.add(port);
            }
        }
    }

    private void apply(Port port) throws DeviceException {
        Kept kept = ports.get(port.name());
        if (kept == null) {
            return;
        }
        if (port.mtu() != kept.mtu()) {
            port.setMtu(kept.mtu());
        }
        port.changeRxFilter(now -> kept.ownAddress() ? kept.filter()
                : kept.filter().withAddress(now.address()));
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
    void forget(String device) {
        ports.remove(device);
        restored.removeIf(port -> port.name().equals(device));
        stopped.remove(device);
        closed.remove(device);
    }

    private static void set(Set<String> names, Port port, boolean on) {
        if (on) {
            names.add(port.name());
        } else {
            names.remove(port.name());
        }
    }
}
