// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.port;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.hotplug.DeviceEventMonitor;
import io.hotbus.eal.hotplug.FailureHandling;
import io.hotbus.eal.hotplug.Lease;
import io.hotbus.testpmd.Options;
import java.util.ArrayDeque;
import java.util.Deque;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has removals survived and uevents listened to for as long as the application is there, unless
 * {@code --no-hot-plug} is given. What cannot be had is said, and the application goes on without.
 */
@Component(service = HotPlug.class)
public final class HotPlug {
    private static final Logger LOG = LoggerFactory.getLogger(HotPlug.class);

    private interface Switch {
        Lease on() throws DeviceException;
    }

    private final Deque<Lease> leases = new ArrayDeque<>();

    @Activate
    public HotPlug(@Reference Options options, @Reference FailureHandling failureHandling,
            @Reference DeviceEventMonitor monitor) {
        if (!options.hotPlug()) {
            LOG.info("hot-plug is off: a device that is pulled out may end the process");
            return;
        }
        turnOn("removals under traffic are not survived", failureHandling::enable);
        turnOn("devices of the kernel come and go unnoticed", monitor::start);
    }

    private void turnOn(String without, Switch service) {
        try {
            leases.push(service.on());
        } catch (DeviceException e) {
            LOG.warn("{}: {}", without, e.getMessage());
        }
    }

    @Deactivate
    void deactivate() {
        while (!leases.isEmpty()) {
            leases.pop().close();
        }
    }
}
