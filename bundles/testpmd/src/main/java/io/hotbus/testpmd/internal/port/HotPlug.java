// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.port;

import io.hotbus.eal.hotplug.DeviceEventMonitor;
import io.hotbus.eal.hotplug.FailureHandling;
import io.hotbus.testpmd.Options;
import java.util.Optional;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns hot-plug on while the application is there, unless {@code --no-hot-plug} is given. */
@Component(service = HotPlug.class)
public final class HotPlug {
    private static final Logger LOG = LoggerFactory.getLogger(HotPlug.class);

    private final Optional<io.hotbus.app.HotPlug> hotPlug;

    @Activate
    public HotPlug(@Reference Options options, @Reference FailureHandling failureHandling,
            @Reference DeviceEventMonitor monitor) {
        hotPlug = options.hotPlug()
                ? Optional.of(new io.hotbus.app.HotPlug(failureHandling, monitor))
                : Optional.empty();
        if (hotPlug.isEmpty()) {
            LOG.info("hot-plug is off: a device that is pulled out may end the process");
        }
    }

    @Deactivate
    void deactivate() {
        hotPlug.ifPresent(io.hotbus.app.HotPlug::close);
    }
}
