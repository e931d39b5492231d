// SPDX-License-Identifier: Apache-2.0
package io.hotbus.eal.bus;

/**
 * The state of a device. It moves forward only: a device that returns after a removal is a new
 * {@link Device} of the same name.
 */
public enum DeviceState {
    /** On its bus, no driver. */
    FOUND,
    /** A driver's probe is running. */
    PROBING,
    /** A driver drives it. */
    PROBED,
    /** Pulled out. Its windows read as their {@code Fill}; it waits to be detached. */
    REMOVED,
    /** Pulled out, and its handler failed to clean up; the failure is logged. */
    FAILED,
    /** Taken off its bus. */
    DETACHED;

    /** Whether the hardware is gone. */
    public boolean isGone() {
        return this == REMOVED || this == FAILED || this == DETACHED;
    }
}
