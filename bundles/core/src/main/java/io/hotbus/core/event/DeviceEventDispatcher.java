// SPDX-License-Identifier: Apache-2.0
package io.hotbus.core.event;

import io.hotbus.core.plugin.DrainingServices;
import io.hotbus.core.plugin.PlugIn;
import io.hotbus.core.plugin.ServiceProperties;
import io.hotbus.core.settings.CoreSettings;
import io.hotbus.eal.bus.DeviceFilter;
import io.hotbus.eal.hotplug.DeviceEvent;
import io.hotbus.eal.hotplug.DeviceEventListener;
import io.hotbus.eal.hotplug.DeviceEvents;
import io.hotbus.eal.hotplug.DeviceStep;
import io.hotbus.eal.hotplug.DeviceStepListener;
import io.hotbus.eal.thread.ControlThread;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Delivers every event and every step on {@code control} to the listeners that are registered at
 * publication. All listeners see them in the order of publication. Events of a device that the
 * lists of devices exclude are dropped, unless the device is attached.
 */
@Component(service = {DeviceEvents.class, DeviceEventDispatcher.class})
public final class DeviceEventDispatcher implements DeviceEvents {
    private static final Logger LOG = LoggerFactory.getLogger(DeviceEventDispatcher.class);

    private final ControlThread control;
    private final DeviceFilter filter;
    private final DrainingServices<DeviceEventListener> listeners;
    private final DrainingServices<DeviceStepListener> stepListeners;

    @Activate
    public DeviceEventDispatcher(@Reference ControlThread control, @Reference DeviceFilter filter,
            @Reference CoreSettings settings) {
        this.control = control;
        this.filter = filter;
        // The same limit that control grants a listener that hangs.
        this.listeners = new DrainingServices<>(settings::listenerDeadline);
        this.stepListeners = new DrainingServices<>(settings::listenerDeadline);
    }

    /** Adds {@code listener}, which gets the events published from now on. */
    public void add(DeviceEventListener listener, ServiceProperties properties) {
        listeners.add(listener, properties);
    }

    /**
     * Removes {@code listener} and drops the events that wait for it. Returns when the call inside
     * it has returned.
     */
    public void remove(DeviceEventListener listener, ServiceProperties properties) {
        listeners.remove(listener, properties);
    }

    /** Adds {@code listener}, which gets the steps published from now on. */
    public void addSteps(DeviceStepListener listener, ServiceProperties properties) {
        stepListeners.add(listener, properties);
    }

    /** As {@link #remove(DeviceEventListener, ServiceProperties)}. */
    public void removeSteps(DeviceStepListener listener, ServiceProperties properties) {
        stepListeners.remove(listener, properties);
    }

    @Override
    public void publish(DeviceStep step) {
        if (!stepListeners.snapshot().isEmpty()) {
            publishInOrder(step);
        }
    }

    private synchronized void publishInOrder(DeviceStep step) {
        for (PlugIn<DeviceStepListener> listener : stepListeners.snapshot()) {
            control.execute(listener.service(), () -> listener.call(l -> {
                l.onDeviceStep(step);
                return l;
            }));
        }
    }

    @Override
    public synchronized void publish(DeviceEvent event) {
        if (event.device().isEmpty() && !filter.allows(event.bus(), event.name())) {
            LOG.debug("{}: {} kept back, it may not be used", event.name(), event.kind());
            return;
        }
        LOG.debug("{}: {} published", event.name(), event.kind());
        for (PlugIn<DeviceEventListener> listener : listeners.snapshot()) {
            control.execute(listener.service(), () -> listener.call(l -> {
                l.onDeviceEvent(event);
                return l;
            }));
        }
    }
}
