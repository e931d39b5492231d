// SPDX-License-Identifier: Apache-2.0
package com.example.bus.acme.internal;

import com.example.bus.acme.AcmeDriver;
import java.util.Map;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;

/**
 * Adds the drivers of this bundle and others to the bus. This component is separate from the bus
 * because a driver may need the bus: if the bus referred to its drivers, each would wait for the
 * other to be activated. Nothing depends on this component.
 */
@Component(service = {}, immediate = true)
public final class PlugIns {
    private final AcmeBus bus;

    @Activate
    public PlugIns(@Reference AcmeBus bus) {
        this.bus = bus;
    }

    /** Adds a driver. Of two drivers, the higher {@code service.ranking} in properties wins. */
    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addDriver(AcmeDriver driver, Map<String, Object> properties) {
        bus.addDriver(driver, properties);
    }

    /** Removes a driver; returns when it has released its cards and no call to it is running. */
    void removeDriver(AcmeDriver driver) {
        bus.removeDriver(driver);
    }
}
