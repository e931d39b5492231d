// SPDX-License-Identifier: Apache-2.0
package io.hotbus.eal.hotplug;

import io.hotbus.eal.bus.DeviceException;
import java.util.List;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Pulls devices out and plugs them in again, for tests and demonstrations. The owner of the
 * hardware side registers it as a service. Any control thread.
 */
@ConsumerType
public interface RemovalInjector {
    /**
     * A place a device can be in.
     *
     * @param name    the device's name
     * @param present whether it is plugged in
     */
    record Slot(String name, boolean present) {
    }

    /** The present slots. */
    List<Slot> slots();

    /**
     * Pulls the device out: its memory is gone when this returns. Its users must notice that by
     * themselves.
     *
     * @return when the memory went, on the clock of {@link System#nanoTime}
     * @throws DeviceException no such slot, or nothing in it
     */
    long yank(String name) throws DeviceException;

    /**
     * Plugs the device in again; ADD is published.
     *
     * @throws DeviceException no such slot, or something in it already
     */
    void plug(String name) throws DeviceException;
}
