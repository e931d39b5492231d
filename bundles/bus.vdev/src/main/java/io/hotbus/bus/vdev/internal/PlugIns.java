// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.vdev.internal;

import io.hotbus.bus.vdev.VdevDriver;
import java.util.Map;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;

/**
 * Adds the drivers of other bundles to the bus. This component is separate from the bus because a
 * driver may need the bus: if the bus referred to its drivers, each would wait for the other to be
 * activated. Nothing depends on this component.
 */
@Component(service = {}, immediate = true)
public final class PlugIns {
    private final Vdev bus;

    @Activate
    public PlugIns(@Reference Vdev bus) {
        this.bus = bus;
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addDriver(VdevDriver driver, Map<String, Object> properties) {
        bus.addDriver(driver, properties);
    }

    void removeDriver(VdevDriver driver) {
        bus.removeDriver(driver);
    }
}
