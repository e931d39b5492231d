// SPDX-License-Identifier: Apache-2.0
package io.hotbus.eal.hotplug;

/** The answer of a {@link SigbusHandler} about a fault. */
public enum SigbusVerdict {
    /** The address is not of a device of this handler; the next handler is asked. */
    NOT_CLAIMED,
    /** The address is of a device of this handler, and the fault means that the device is gone. */
    REMOVED,
    /** The handler has handled the fault, and the device stays. */
    HANDLED,
    /** The handler failed to handle the fault: that is logged, and the process goes on. */
    FAILED
}
