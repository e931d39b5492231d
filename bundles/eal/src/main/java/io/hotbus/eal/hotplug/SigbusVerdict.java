// SPDX-License-Identifier: Apache-2.0
package io.hotbus.eal.hotplug;

/** What a {@link SigbusHandler} says of a fault. */
public enum SigbusVerdict {
    /** The address is not of a device of this handler; the next handler is asked. */
    NOT_CLAIMED,
    /** The address is of a device of this handler, and the fault means that the device is gone. */
    REMOVED,
    /** The handler has dealt with the fault, and the device stays. */
    HANDLED,
    /** The handler could not deal with the fault: the operator is told, the process goes on. */
    FAILED
}
