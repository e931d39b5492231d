// SPDX-License-Identifier: Apache-2.0
package io.hotbus.metrics;

import io.hotbus.eal.bus.Device;
import io.hotbus.eal.hotplug.DeviceEvent;
import io.hotbus.eal.hotplug.DeviceEventListener;
import io.hotbus.eal.hotplug.RemovalCause;
import io.hotbus.ethdev.EthEvent;
import io.hotbus.ethdev.EthEventListener;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/**
 * Counts removals of attached devices, and how long what follows them takes. Events come on {@code
 * control}; any thread asks.
 */
@Component(service = {Removals.class, DeviceEventListener.class, EthEventListener.class})
public final class Removals implements DeviceEventListener, EthEventListener {
    private final Map<RemovalCause, Long> causes = new EnumMap<>(RemovalCause.class);
    /** When devices were removed whose ports are there. Guarded by this, like the field before. */
    private final Map<Device, Long> removed = new WeakHashMap<>();
    private final Distribution repairs = new Distribution("hotbus_fault_repair_seconds",
            "Time from a fault until the replaced memory was in place", 5e-6, 1e-5, 2e-5, 5e-5,
            1e-4, 1e-3, 1e-2);
    private final Distribution ports = new Distribution("hotbus_removal_port_gone_seconds",
            "Time from the first sign of a removal until the port of the device was gone", 0.001,
            0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10);

    /** Counts from now on. */
    @Activate
    public Removals() {
        for (RemovalCause cause : RemovalCause.values()) {
            causes.put(cause, 0L);
        }
    }

    @Override
    public synchronized void onDeviceEvent(DeviceEvent event) {
        if (event.kind() == DeviceEvent.Kind.REMOVE && event.device().isPresent()) {
            event.cause().ifPresent(cause -> causes.merge(cause, 1L, Long::sum));
            removed.put(event.device().get(), event.timeNanos());
        }
        event.fault().ifPresent(fault -> repairs.add(fault.repairNanos()));
    }

    @Override
    public synchronized void onEthEvent(EthEvent event) {
        if (event.kind() == EthEvent.Kind.DESTROY) {
            final Long since = removed.remove(event.port().device());
            if (since != null) {
                ports.add(event.timeNanos() - since);
            }
        }
    }

    /** The number of removals by the detector that was first; all detectors are there. */
    synchronized Map<RemovalCause, Long> causes() {
        return new EnumMap<>(causes);
    }

    /** The times. */
    List<MetricSnapshot> times() {
        return List.of(repairs.snapshot(), ports.snapshot());
    }
}
