// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.port;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortConfig;
import io.hotbus.ethdev.PortState;
import io.hotbus.testpmd.Forwarder;
import io.hotbus.testpmd.Options;
import java.util.Map;
import java.util.WeakHashMap;

/**
 * Configures ports as they are to be forwarded on, and again where that has changed. Guarded by
 * the lifecycle's lock.
 */
final class PortSetup {
    private final Options options;
    private final Forwarder forwarder;
    private final Map<Port, PortConfig> configured = new WeakHashMap<>();

    PortSetup(Options options, Forwarder forwarder) {
        this.options = options;
        this.forwarder = forwarder;
    }

    /** @throws DeviceException the device cannot be set up so */
    void begin(Port port) throws DeviceException {
        configure(port, forwarder.portConfig(port));
        if (options.maxPacket() != 0) {
            port.setMtu(options.maxPacket() - Options.FRAME_OVERHEAD);
        }
    }

    /**
     * Configures a stopped port that was set up here, if that has changed since.
     *
     * @throws DeviceException the port has an owner, or the device cannot be set up so; then it is
     *     not configured
     */
    void refresh(Port port) throws DeviceException {
        requireFree(port);
        PortConfig wanted = forwarder.portConfig(port);
        if (configured.containsKey(port) && !wanted.equals(configured.get(port))
                && port.state() == PortState.STOPPED) {
            configure(port, wanted);
        }
    }

    /** @throws DeviceException the port has an owner, for example a bond that it is a member of */
    static void requireFree(Port port) throws DeviceException {
        String owner = port.owner().orElse(null);
        if (owner != null) {
            throw new DeviceException("%s: is owned by %s".formatted(port, owner));
        }
    }

    private void configure(Port port, PortConfig config) throws DeviceException {
        configured.put(port, null); // where it fails, the next start tries again
        port.configure(config);
        configured.put(port, config);
    }
}
