// SPDX-License-Identifier: Apache-2.0
package io.hotbus.ethdev.internal;

import io.hotbus.eal.hotplug.DeviceEvent;
import io.hotbus.eal.thread.ControlThread;
import io.hotbus.ethdev.EthEventListener;
import io.hotbus.ethdev.PortRegistry;
import io.hotbus.ethdev.PortUser;

/** The real registry of ports, with the doors open that Declarative Services use. */
public final class OpenPorts {
    private final EthPorts ports;

    public OpenPorts(ControlThread control) {
        ports = new EthPorts(control);
    }

    public PortRegistry registry() {
        return ports;
    }

    public void addListener(EthEventListener listener) {
        ports.addListener(listener);
    }

    public void addUser(PortUser user) {
        ports.addUser(user);
    }

    /** As told by the event of a removal. */
    public void onDeviceEvent(DeviceEvent event) {
        ports.onDeviceEvent(event);
    }
}
