// SPDX-License-Identifier: Apache-2.0
package io.hotbus.eal.hotplug;

import io.hotbus.eal.bus.Device;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The common path of all removals: every detector reports here, in any order, and the first report
 * counts. A service of the core bundle.
 *
 * <p>Any thread but a forwarding one. The device is marked removed (once), the {@link
 * BusHotplugHandler} of its bus is called if failure handling is on, and {@link
 * DeviceEvent.Kind#REMOVE} is published. If the bus has no handler at that moment, the removal
 * waits for one. After a deadline it continues without a handler.
 */
@ProviderType
public interface HotUnplug {
    /** Reports that {@code device} is gone. Returns whether this report was the first. */
    boolean report(Device device, RemovalCause cause);
}
