// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.pci.internal;

import io.hotbus.bus.pci.PciDriver;
import java.util.Map;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;

/**
 * Passes the drivers of other bundles to the bus. It is a separate component that no other
 * component depends on. A driver may need the bus; if the bus referred to the driver, each would
 * wait for the other to be activated.
 */
@Component(service = {}, immediate = true)
public final class PlugIns {
    private final Pci bus;

    @Activate
    public PlugIns(@Reference Pci bus) {
        this.bus = bus;
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addDriver(PciDriver driver, Map<String, Object> properties) {
        bus.addDriver(driver, properties);
    }

    void removeDriver(PciDriver driver) {
        bus.removeDriver(driver);
    }
}
