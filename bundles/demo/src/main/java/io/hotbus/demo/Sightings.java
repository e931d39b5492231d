// SPDX-License-Identifier: Apache-2.0
package io.hotbus.demo;

import io.hotbus.eal.hotplug.DeviceEvent;
import io.hotbus.eal.hotplug.DeviceEventListener;
import io.hotbus.eal.hotplug.SigbusFault;
import io.hotbus.ethdev.EthEvent;
import io.hotbus.ethdev.EthEventListener;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** Records the events of one device since the last {@link #clear}. Any thread. */
final class Sightings implements DeviceEventListener, EthEventListener {
    private final String device;
    private final List<SigbusFault> faults = new ArrayList<>();
    private OptionalLong detached = OptionalLong.empty();

    Sightings(String device) {
        this.device = device;
    }

    /** Forgets all events. */
    synchronized void clear() {
        faults.clear();
        detached = OptionalLong.empty();
    }

    /** The faults on its memory, in order. */
    synchronized List<SigbusFault> faults() {
        return List.copyOf(faults);
    }

    /** The time when the detaching thread reported that the port is gone. */
    synchronized OptionalLong detached() {
        return detached;
    }

    @Override
    public synchronized void onDeviceEvent(DeviceEvent event) {
        if (event.name().equals(device)) {
            event.fault().ifPresent(faults::add);
        }
    }

    @Override
    public synchronized void onEthEvent(EthEvent event) {
        if (event.kind() == EthEvent.Kind.DESTROY && event.port().name().equals(device)) {
            detached = OptionalLong.of(System.nanoTime());
        }
    }
}
