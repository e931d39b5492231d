// SPDX-License-Identifier: Apache-2.0
package io.hotbus.ethdev.internal;

import io.hotbus.ethdev.EthEventListener;
import io.hotbus.ethdev.PortUser;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;

/**
 * Passes the listeners and users of other bundles to the ports. It is a separate component that no
 * other component depends on. A listener often needs the ports; if the ports referred to the
 * listener, each would wait for the other to be activated.
 */
@Component(service = {}, immediate = true)
public final class PlugIns {
    private final EthPorts ports;

    @Activate
    public PlugIns(@Reference EthPorts ports) {
        this.ports = ports;
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addListener(EthEventListener listener) {
        ports.addListener(listener);
    }

    void removeListener(EthEventListener listener) {
        ports.removeListener(listener);
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addUser(PortUser user) {
        ports.addUser(user);
    }

    void removeUser(PortUser user) {
        ports.removeUser(user);
    }
}
