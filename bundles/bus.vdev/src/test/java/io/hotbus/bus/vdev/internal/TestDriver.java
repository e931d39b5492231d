// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.vdev.internal;

import io.hotbus.bus.vdev.VdevDevice;
import io.hotbus.bus.vdev.VdevDriver;
import io.hotbus.eal.bus.DeviceException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A driver that does as the test says, keeps a record, and minds how it is called: for a device one
 * call at a time, and none once its service is gone.
 */
final class TestDriver implements VdevDriver {
    /** Does something in the middle of a call. */
    @FunctionalInterface
    interface Hook {
        void run(VdevDevice device) throws DeviceException;
    }

    final List<String> calls = new CopyOnWriteArrayList<>();
    /** What was done to this driver that must not be. */
    final List<String> complaints = new CopyOnWriteArrayList<>();
    /** Devices it drives. */
    final Set<VdevDevice> driven = ConcurrentHashMap.newKeySet();
    volatile Hook onProbe = device -> { };
    volatile Hook onRemove = device -> { };
    volatile boolean serviceGone;
    private final Set<String> inside = ConcurrentHashMap.newKeySet();
    private final String name;

    TestDriver(String name) {
        this.name = name;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void probe(VdevDevice device) throws DeviceException {
        call("probe", device, onProbe);
        if (!driven.add(device)) {
            complaints.add("probed twice: " + device);
        }
    }

    @Override
    public void remove(VdevDevice device) throws DeviceException {
        call("remove", device, onRemove);
        driven.remove(device);
    }

    private void call(String what, VdevDevice device, Hook hook) throws DeviceException {
        if (serviceGone || !inside.add(device.name())) {
            complaints.add(what + " " + device + (serviceGone ? " when gone" : " in another call"));
        }
        try {
            calls.add(what + " " + device);
            hook.run(device);
        } finally {
            inside.remove(device.name());
        }
    }
}
