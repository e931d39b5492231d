// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.port;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.ethdev.EthDevInfo;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortConfig;
import io.hotbus.ethdev.QueueLimits;
import java.util.Set;
import java.util.TreeSet;

/** Tells before a port is stopped whether its device can be set up otherwise. */
final class DeviceLimits {
    private final Port port;

    private DeviceLimits(Port port) {
        this.port = port;
    }

    /** @throws DeviceException a value is beyond a limit; the message names both */
    static void require(Port port, PortConfig config, int mtu) throws DeviceException {
        EthDevInfo info = port.info();
        DeviceLimits limits = new DeviceLimits(port);
        limits.range("mtu", mtu, EthDevInfo.MIN_MTU, info.maxMtu());
        limits.queues("rx", config.rxQueues(), config.rxDescriptors(), info.rx());
        limits.queues("tx", config.txQueues(), config.txDescriptors(), info.tx());
        limits.subset("rx-offloads", config.rxOffloads(), info.rxOffloads());
        limits.subset("tx-offloads", config.txOffloads(), info.txOffloads());
        limits.subset("rss", config.rss().hashes(), info.rss().hashes());
    }

    private void queues(String direction, int queues, int descriptors, QueueLimits device)
            throws DeviceException {
        range(direction + "q", queues, 1, device.maxQueues());
        range(direction + "d", descriptors, device.minDescriptors(), device.maxDescriptors());
    }

    private void range(String key, int value, int min, int max) throws DeviceException {
        if (value < min || value > max) {
            throw new DeviceException("%s: %s=%s: from %s to %s is possible".formatted(
                    port, key, value, min, max));
        }
    }

    private <E extends Enum<E>> void subset(String key, Set<E> wanted, Set<E> possible)
            throws DeviceException {
        Set<E> lacking = new TreeSet<>(wanted);
        lacking.removeAll(possible);
        if (!lacking.isEmpty()) {
            throw new DeviceException("%s: %s: %s cannot do %s (it can: %s)".formatted(port, key,
                    port.info().driver(), lacking, new TreeSet<>(possible)));
        }
    }
}
