// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.port;

import io.hotbus.eal.bus.Device;
import io.hotbus.ethdev.Port;

/**
 * Is told by {@link PortLifecycle} what it has done, on the thread that did it: of one device in
 * this order. Does not wait: ports wait for it.
 */
public interface LifecycleListener {
    /** The port is set up: configured, and started unless the command line said otherwise. */
    void onReady(Port port);

    /** Someone wants the device, or its port, to go: it is about to be closed or detached. */
    default void onUnwanted(Device device) {
    }

    /** The detach of the device has returned, whether anything was left to do or not. */
    default void onDetached(Device device) {
    }
}
