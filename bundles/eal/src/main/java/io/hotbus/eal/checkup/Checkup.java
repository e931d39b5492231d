// SPDX-License-Identifier: Apache-2.0
package io.hotbus.eal.checkup;

import java.util.List;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Looks at what a bundle needs of the machine, and changes nothing. Register an implementation as a
 * service; {@code launcher/hotbus doctor} asks all. Any thread; one call at a time.
 */
@ConsumerType
public interface Checkup {
    /** Looks at the machine: what its owner needs, one finding each. */
    List<Finding> machine();

    /**
     * Looks at one device.
     *
     * @param name its name in devargs, {@code 0000:03:00.0}
     * @return no findings if a device of that name would not be of this bundle
     */
    default List<Finding> device(String name) {
        return List.of();
    }
}
