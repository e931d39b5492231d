// SPDX-License-Identifier: Apache-2.0
package io.hotbus.telemetry.internal;

import io.hotbus.eal.bus.Device;
import io.hotbus.eal.hotplug.DeviceEvent;
import io.hotbus.eal.hotplug.DeviceEventListener;
import io.hotbus.eal.hotplug.RemovalCause;
import io.hotbus.eal.hotplug.SigbusFault;
import io.hotbus.ethdev.EthEvent;
import io.hotbus.ethdev.EthEventListener;
import java.lang.ref.WeakReference;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.StreamSupport;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/**
 * Remembers faults, and removals of attached devices: how many, and the last {@value #KEPT} of
 * each. Events come on {@code control}; any thread asks.
 */
@Component(service = {History.class, DeviceEventListener.class, EthEventListener.class})
public final class History implements DeviceEventListener, EthEventListener {
    /** How many removals, and how many faults, are remembered one by one. */
    static final int KEPT = 32;

    private static final class Removal {
        /** Weak: a device that is gone keeps no class of a bundle that is gone. */
        final WeakReference<Device> device;
        final long timeNanos;
        final Map<String, Object> shown = new LinkedHashMap<>();

        Removal(DeviceEvent event, Device gone) {
            device = new WeakReference<>(gone);
            timeNanos = event.timeNanos();
            shown.put("device", event.name());
            shown.put("bus", event.bus());
            shown.put("cause", cause(event));
            shown.put("time", wallTime(timeNanos));
        }
    }

    /** Newest first, like the next one. All fields are guarded by this. */
    private final Deque<Removal> removals = new ArrayDeque<>();
    private final Deque<Map<String, Object>> faults = new ArrayDeque<>();
    private final Map<String, Long> causes = new TreeMap<>();
    private long removalCount;
    private long faultCount;
    private long repairNanos;
    private long longestRepairNanos;

    /** Remembers what happens from now on. */
    @Activate
    public History() {
    }

    private static String cause(DeviceEvent event) {
        return event.cause().map(RemovalCause::name).orElse("");
    }

    private static String wallTime(long timeNanos) {
        return Instant.now().minusNanos(System.nanoTime() - timeNanos).toString();
    }

    @Override
    public synchronized void onDeviceEvent(DeviceEvent event) {
        switch (event.kind()) {
            case REMOVE -> event.device().ifPresent(device -> { // else it was not attached
                removalCount++;
                causes.merge(cause(event), 1L, Long::sum);
                keep(removals, new Removal(event, device));
            });
            case FAULT -> event.fault().ifPresent(fault -> add(event.name(), fault));
            default -> { }
        }
    }

    private void add(String device, SigbusFault fault) {
        faultCount++;
        repairNanos += fault.repairNanos();
        longestRepairNanos = Math.max(longestRepairNanos, fault.repairNanos());
        final Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("device", device);
        shown.put("window", fault.window());
        shown.put("thread", fault.thread());
        shown.put("repair_ns", fault.repairNanos());
        shown.put("time", wallTime(fault.timeNanos()));
        keep(faults, shown);
    }

    private static <T> void keep(Deque<T> all, T newest) {
        all.addFirst(newest);
        if (all.size() > KEPT) {
            all.removeLast();
        }
    }

    /** The port of a device that was removed is gone: the device is being detached. */
    @Override
    public synchronized void onEthEvent(EthEvent event) {
        if (event.kind() == EthEvent.Kind.DESTROY) {
            removals.stream().filter(r -> r.device.get() == event.port().device()).findFirst()
                    .ifPresent(removal -> removal.shown.putIfAbsent(
                            "port_gone_ns", event.timeNanos() - removal.timeNanos));
        }
    }

    /** Removals: their number, their number by the first detector, and the last ones. */
    synchronized Map<String, Object> removals() {
        final Map<String, Object> all = new LinkedHashMap<>();
        all.put("count", removalCount);
        all.put("causes", Map.copyOf(causes));
        all.put("last", copies(removals.stream().map(removal -> removal.shown).toList()));
        return all;
    }

    /** Faults: their number, the time that repairs took, and the last ones. */
    synchronized Map<String, Object> faults() {
        final Map<String, Object> all = new LinkedHashMap<>();
        all.put("count", faultCount);
        all.put("repair_ns", repairNanos);
        all.put("longest_repair_ns", longestRepairNanos);
        all.put("last", copies(faults));
        return all;
    }

    private static List<Map<String, Object>> copies(Iterable<Map<String, Object>> maps) {
        return StreamSupport.stream(maps.spliterator(), false)
                .<Map<String, Object>>map(LinkedHashMap::new).toList();
    }
}
