// SPDX-License-Identifier: Apache-2.0
package io.hotbus.core.fault;

import io.hotbus.eal.bus.Device;
import io.hotbus.eal.hotplug.DeviceEvent;
import io.hotbus.eal.hotplug.DeviceEvents;
import io.hotbus.eal.hotplug.SigbusFault;
import io.hotbus.eal.io.MmioWindows;
import java.util.concurrent.atomic.AtomicReference;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/**
 * Publishes FAULT for the fault that is being dispatched, as soon as somebody knows its device. The
 * bus that claims it reports the device to {@code HotUnplug}, which asks here first, so FAULT comes
 * before the REMOVE it causes.
 */
@Component(service = FaultAnnouncer.class)
public final class FaultAnnouncer {
    private record Pending(MmioWindows owner, SigbusFault fault) {
    }

    private final DeviceEvents events;
    /** The fault being dispatched, until it is announced. */
    private final AtomicReference<Pending> pending = new AtomicReference<>();

    @Activate
    public FaultAnnouncer(@Reference DeviceEvents events) {
        this.events = events;
    }

    /** {@code fault}, in one of {@code owner}'s windows, is about to be dispatched. */
    void begin(MmioWindows owner, SigbusFault fault) {
        pending.set(new Pending(owner, fault));
    }

    /**
     * Publishes FAULT if the fault being dispatched is in a window of {@code device}. Any thread.
     */
    void announce(Device device) {
        Pending now = pending.get();
        if (now != null && now.owner() == device.windows() && pending.compareAndSet(now, null)) {
            events.publish(DeviceEvent.fault(device, now.fault()));
        }
    }

    /** The fault has been dispatched. Whether it was announced. */
    boolean end() {
        return pending.getAndSet(null) == null;
    }
}
