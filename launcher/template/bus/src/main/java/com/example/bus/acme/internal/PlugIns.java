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
 * Brings drivers, of this bundle and others, to the bus. A component of its own, on which nothing
 * depends: a driver may itself need the bus, and if the bus referred to its drivers each would wait
 * for the other to be activated.
 */
@Component(service = {}, immediate = true)
public final class PlugIns {
    private final AcmeBus bus;

    @Activate
    public PlugIns(@Reference AcmeBus bus) {
        this.bus = bus;
    }

    /** {@code properties} are the service's: of two drivers the higher {@code service.ranking}. */
    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addDriver(AcmeDriver driver, Map<String, Object> properties) {
        bus.addDriver(driver, properties);
    }

    /** Returns when the driver has let go of its cards and no call is inside it any more. */
    void removeDriver(AcmeDriver driver) {
        bus.removeDriver(driver);
    }
}
