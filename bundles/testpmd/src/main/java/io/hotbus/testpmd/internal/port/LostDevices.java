// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.port;

import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.Device;
import io.hotbus.eal.bus.DeviceState;
import io.hotbus.eal.hotplug.DeviceEvent;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What events have told of the devices that were set up here: which were pulled out, and which of
 * these are back. Any thread; what it answers may be outdated by then.
 *
 * <p>A bus may have a kernel driver take a device while it attaches it: such a BIND is told during
 * or soon after an attach, and says nothing new.
 */
final class LostDevices {
    /** The kernel tells of a BIND within milliseconds. */
    private static final long OWN_BIND_NANOS = Duration.ofMillis(250).toNanos();

    /** A device that was pulled out. Guarded by the {@link LostDevices}. */
    static final class Lost {
        private final Device device;
        private boolean returned;
        /** Since it returned. */
        private int attempts;
        /** When the last attempt failed. */
        private long failedNanos;

        private Lost(Device device, boolean returned) {
            this.device = device;
            this.returned = returned;
        }

        Devargs devargs() {
            return device.devargs();
        }

        String bus() {
            return device.busName();
        }

        private boolean mayHaveCaused(DeviceEvent bind) {
            return attempts > 0 && bind.timeNanos() - failedNanos < OWN_BIND_NANOS;
        }
    }

    private final Map<String, Lost> lost = new HashMap<>();
    /** Devices that were set up, as far as was told here, and are neither lost nor detached. */
    private final Map<String, Device> attached = new HashMap<>();
    /** Those of them whose removal was told, though not by the port's own event yet. */
    private final Map<String, Device> removed = new HashMap<>();
    /** Those of them whose return was told, though not their removal by the port's own event. */
    private final Map<String, Device> returnedEarly = new HashMap<>();
    private final Map<String, String> failures = new HashMap<>();

    /** {@code device} was removed, and is about to be detached. */
    synchronized void lost(Device device) {
        String name = device.name();
        if (!isLost(device)) {
            boolean returned = returnedEarly.get(name) == device;
            forget(name);
            lost.put(name, new Lost(device, returned));
        }
    }

    /**
     * {@code device} was removed, and is detached already: its driver or its bus went. Whether it
     * is lost by that; it is not where someone here has detached it, and so wanted it to go.
     */
    synchronized boolean lostWithItsBus(Device device) {
        boolean unwanted = attached.get(device.name()) == device;
        if (unwanted) {
            lost(device);
        }
        return unwanted;
    }

    private boolean isLost(Device device) {
        Lost known = lost.get(device.name());
        return known != null && known.device == device;
    }

    /** Events told from now on are about what comes after {@code device}. */
    synchronized void attached(Device device) {
        if (!isLost(device)) {
            forget(device.name());
            attached.put(device.name(), device);
        }
    }

    /** It was detached here. A device that was not lost stays away, as someone wanted it to go. */
    synchronized void detached(Device device) {
        if (!isLost(device)) {
            forget(device.name());
        }
    }

    private void forget(String name) {
        lost.remove(name);
        attached.remove(name);
        removed.remove(name);
        returnedEarly.remove(name);
        failures.remove(name);
    }

    /** ADD or BIND: whether it says that a device that was lost is back. */
    synchronized boolean hasReturned(DeviceEvent event) {
        String name = event.name();
        boolean bind = event.kind() == DeviceEvent.Kind.BIND;
        Lost device = lost.get(name);
        if (device == null) {
            Device present = attached.get(name);
            // ADD says that a removal was not noticed; BIND does not, it may be told late.
            if (present != null && (!bind || removed.get(name) == present)) {
                returnedEarly.put(name, present);
            }
            return false;
        }
        if (bind && device.mayHaveCaused(event)) {
            return false;
        }
        begin(device, true);
        return true;
    }

    /**
     * REMOVE. Without a device: it was pulled out once more before it could be attached. Returns
     * whether a device is lost by that which was detached before it was told.
     */
    synchronized boolean removed(DeviceEvent event) {
        String name = event.name();
        Optional<Device> here = event.device().filter(device -> device == attached.get(name));
        if (here.isPresent() && here.get().state() == DeviceState.DETACHED) {
            return lostWithItsBus(here.get());
        }
        here.ifPresent(device -> removed.put(name, device));
        if (event.device().isEmpty() && lost.containsKey(name)) {
            begin(lost.get(name), false);
        }
        return false;
    }

    private void begin(Lost device, boolean returned) {
        device.returned = returned;
        device.attempts = 0;
        failures.remove(device.device.name());
    }

    /** The device of that name, if it was lost and is back. */
    synchronized Optional<Lost> back(String name) {
        return Optional.ofNullable(lost.get(name)).filter(device -> device.returned);
    }

    /** Those that were lost from that bus, back or not. */
    synchronized List<Devargs> of(String bus) {
        return lost.values().stream().filter(known -> known.device.busName().equals(bus))
                .map(Lost::devargs).toList();
    }

    /** Those that were lost, back or not. */
    synchronized List<String> names() {
        return List.copyOf(lost.keySet());
    }

    /** Unless it was lost again already. */
    synchronized void found(Lost device) {
        lost.remove(device.device.name(), device);
    }

    /** An attempt to attach it failed: how many have by now, since it returned. */
    synchronized int failed(Lost device) {
        device.failedNanos = System.nanoTime();
        return ++device.attempts;
    }

    /** Regards the device as away until the next event that says it is back. */
    synchronized void giveUp(Lost device, String reason) {
        device.returned = false;
        failures.put(device.device.name(), reason);
    }

    /** Whether it is lost still, and there were that many attempts since it returned. */
    synchronized boolean isAt(Lost device, int attempts) {
        return isLost(device.device) && device.attempts == attempts;
    }

    /** Why the device of that name was given up. */
    synchronized Optional<String> failure(String name) {
        return Optional.ofNullable(failures.get(name));
    }
}
