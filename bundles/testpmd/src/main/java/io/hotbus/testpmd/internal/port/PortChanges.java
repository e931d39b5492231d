// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.port;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortState;
import io.hotbus.testpmd.PortPlan;
import java.util.List;
import java.util.function.Predicate;

/** Makes ports that are set up as it is planned for them now. Any control thread. */
public final class PortChanges {
    /** Its monitor guards all of this. */
    private final PortLifecycle ports;
    private final PortSetup setup;
    private final KeptSettings kept;
    private final Predicate<Port> managed;

    PortChanges(PortLifecycle ports, PortSetup setup, KeptSettings kept, Predicate<Port> managed) {
        this.ports = ports;
        this.setup = setup;
        this.kept = kept;
        this.managed = managed;
    }

    /**
     * Makes a port as it is planned now, and forgets what was set by hand. Stops and starts the
     * port only where that is needed. Does nothing where the port has an owner or was not set up
     * here.
     *
     * @param before what was planned until now
     * @throws DeviceException the device cannot do it. The port was not touched if its limits tell
     *     so; otherwise it may be stopped
     */
    public void follow(Port port, PortPlan before) throws DeviceException {
        synchronized (ports) {
            if (!isOurs(port)) {
                return;
            }
            setup.requirePossible(port);
            kept.forget(port.name());
            if (setup.needsStop(port, before)) {
                ports.halt(port);
                setup.refresh(port);
                setup.adjust(port, before.setup());
            } else {
                setup.filter(port, before.setup());
            }
            if (setup.isToStart(port)) {
                ports.start(port);
            }
        }
    }

    /**
     * Gives a port the queues of all ports, if those have changed.
     *
     * @throws DeviceException the device cannot be set up so
     */
    public void followQueues(Port port) throws DeviceException {
        synchronized (ports) {
            if (isOurs(port) && !setup.isConfigured(port)) {
                setup.requirePossible(port);
                boolean started = port.state() == PortState.STARTED;
                ports.halt(port);
                setup.refresh(port);
                if (started) {
                    ports.start(port);
                }
            }
        }
    }

    private boolean isOurs(Port port) {
        return port.owner().isEmpty() && managed.test(port);
    }

    /** In what the port differs from what is planned for it, with both values. */
    public List<String> differences(Port port) {
        synchronized (ports) {
            return setup.differences(port);
        }
    }

    /** Forgets what was set by hand on the port of that device, which may be away. */
    public void forget(String device) {
        kept.forget(device);
    }
}
