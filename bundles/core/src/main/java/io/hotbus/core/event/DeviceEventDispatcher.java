// SPDX-License-Identifier: Apache-2.0
package io.hotbus.core.event;

import io.hotbus.core.plugin.DrainingServices;
import io.hotbus.core.plugin.PlugIn;
import io.hotbus.core.plugin.ServiceProperties;
import io.hotbus.eal.hotplug.DeviceEvent;
import io.hotbus.eal.hotplug.DeviceEventListener;
import io.hotbus.eal.hotplug.DeviceEvents;
import io.hotbus.eal.thread.ControlThread;
import java.time.Duration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands every event to the listeners there are when it is published, on {@code control}. All see
 * the events in the order of publication.
 */
@Component(service = {DeviceEvents.class, DeviceEventDispatcher.class})
public final class DeviceEventDispatcher implements DeviceEvents {
    private static final Logger LOG = LoggerFactory.getLogger(DeviceEventDispatcher.class);
    /** As long as {@code control} waits for a listener that hangs. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final ControlThread control;
    private final DrainingServices<DeviceEventListener> listeners =
            new DrainingServices<>(PATIENCE);

    @Activate
    public DeviceEventDispatcher(@Reference ControlThread control) {
        this.control = control;
    }

    /** {@code listener} gets what is published from now on. */
    public void add(DeviceEventListener listener, ServiceProperties properties) {
        listeners.add(listener, properties);
    }

    /** Events that wait for it are dropped; returns when the call inside it has. */
    public void remove(DeviceEventListener listener, ServiceProperties properties) {
        listeners.remove(listener, properties);
    }

    @Override
    public synchronized void publish(DeviceEvent event) {
        LOG.debug("{}: {} published", event.name(), event.kind());
        for (PlugIn<DeviceEventListener> listener : listeners.snapshot()) {
            control.execute(listener.service(), () -> listener.call(l -> {
                l.onDeviceEvent(event);
                return l;
            }));
        }
    }
}
