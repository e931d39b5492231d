// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.port;

import io.hotbus.eal.bus.Device;
import io.hotbus.ethdev.Port;

/**
 * Receives the steps of {@link PortLifecycle}, on the thread that made them; for one device in the
 * order below. Must not wait, because ports wait for it.
 */
public interface LifecycleListener {
    /** The port is set up: configured, and started unless the command line said otherwise. */
    void onReady(Port port);

    /** The device or its port is about to be closed or detached on request. */
    default void onUnwanted(Device device) {
    }

    /** The detach of the device has returned, whether anything was left to do or not. */
    default void onDetached(Device device) {
    }
}
