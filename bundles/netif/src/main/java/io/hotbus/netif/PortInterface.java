// SPDX-License-Identifier: Apache-2.0
package io.hotbus.netif;

import io.hotbus.eal.bus.Device;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.hotplug.HotUnplug;
import io.hotbus.eal.hotplug.Lease;
import io.hotbus.eal.hotplug.RemovalCause;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortRegistry;
import java.io.IOException;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the network interface under a port. When its link goes up or down, the port is told. When
 * the interface goes, its device is reported as removed.
 */
public final class PortInterface implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PortInterface.class);

    private final Device device;
    private final PortRegistry ports;
    private final HotUnplug hotUnplug;
    private volatile boolean gone;
    private volatile boolean closed;
    private volatile boolean hadLink;
    private Lease lease = () -> { };

    /** Creates an object that does not follow an interface yet. */
    public PortInterface(Device device, PortRegistry ports, HotUnplug hotUnplug) {
        this.device = device;
        this.ports = ports;
        this.hotUnplug = hotUnplug;
    }

    /**
     * Follows {@code netif} from now on, and tells it of its changes. Control threads, once.
     *
     * @param lost says whether the driver has lost the interface although there is one of the same
     *     index, because it went and returned while notices of the kernel were lost. Called on the
     *     thread {@code interrupt}; must not block
     * @throws DeviceException the kernel does not answer
     */
    public void follow(UnderlyingInterface netif, Port port, BooleanSupplier lost)
            throws DeviceException {
        hadLink = netif.now().hasLink();
        try {
            lease = netif.watch(new InterfaceListener() {
                @Override
                public void changed(NetInterface now) {
                    if (lost.getAsBoolean()) {
                        gone();
                    } else if (!closed) {
                        boolean had = netif.now().hasLink();
                        netif.changed(now);
                        tellLink(port, had, now.hasLink());
                    }
                }

                @Override
                public void gone() {
                    tellGone(netif);
                }
            });
        } catch (IOException e) {
            throw new DeviceException("%s: %s cannot be watched: %s"
                    .formatted(device, netif, e.getMessage()), e);
        }
    }

    /** @param had what the port has said until now */
    private void tellLink(Port port, boolean had, boolean hasLink) {
        if (hasLink != hadLink || hasLink != had) {
            hadLink = hasLink;
            ports.linkChanged(port);
        }
    }

    private void tellGone(UnderlyingInterface netif) {
        if (!closed && !gone) {
            gone = true;
            LOG.info("{}: the network interface {} is gone", device, netif);
            hotUnplug.report(device, RemovalCause.INTERFACE_GONE);
        }
    }

    /** Whether the interface went. */
    public boolean isGone() {
        return gone;
    }

    /** The name of the device. */
    @Override
    public String toString() {
        return device.name();
    }

    /** Follows the interface no longer. Idempotent. */
    @Override
    public void close() {
        closed = true;
        lease.close();
    }
}
