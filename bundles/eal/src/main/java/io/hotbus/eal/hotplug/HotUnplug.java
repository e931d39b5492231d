// SPDX-License-Identifier: Apache-2.0
package io.hotbus.eal.hotplug;

import io.hotbus.eal.bus.Device;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The one path of a removal: every detector ends here, in any order, and the first one counts. A
 * service of the core bundle.
 *
 * <p>Any thread but a forwarding one. The device is marked removed (once), the
 * {@link BusHotplugHandler} of its bus is called if failure handling is on, and
 * {@link DeviceEvent.Kind#REMOVE} is published. Where the bus's handler is not there at the moment
 * the removal is kept for the one that comes, and after a deadline goes on without it.
 */
@ProviderType
public interface HotUnplug {
    /** Whether this report was the first for {@code device}. */
    boolean report(Device device, RemovalCause cause);
}
