// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.vdev.internal;

import io.hotbus.bus.vdev.VdevDevice;
import io.hotbus.bus.vdev.VdevDriver;
import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.DeviceException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A driver that does as the test says. */
class TestDriver implements VdevDriver {
    /** Does something in the middle of a call. */
    @FunctionalInterface
    interface Hook {
        void run(VdevDevice device) throws DeviceException;
    }

    /** Those that {@link #checkDevargs} takes. */
    private static final Set<String> KEYS = Set.of("size");

    /** Devices it drives. */
    final Set<VdevDevice> driven = ConcurrentHashMap.newKeySet();
    volatile Hook onProbe = device -> { };
    private final String name;

    TestDriver(String name) {
        this.name = name;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void checkDevargs(Devargs devargs) throws DeviceException {
        devargs.allowOnly(KEYS);
    }

    @Override
    public void probe(VdevDevice device) throws DeviceException {
        onProbe.run(device);
        driven.add(device);
    }

    @Override
    public void remove(VdevDevice device) {
        driven.remove(device);
    }
}
