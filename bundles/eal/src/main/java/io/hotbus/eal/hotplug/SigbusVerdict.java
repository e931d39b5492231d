// SPDX-License-Identifier: Apache-2.0
package io.hotbus.eal.hotplug;

/** What a {@link SigbusHandler} says of a fault. */
public enum SigbusVerdict {
    /** The address is not of a device of mine; ask the next. */
    NOT_CLAIMED,
    /** Mine, and dealt with. */
    HANDLED,
    /** Mine, but it could not be dealt with: the operator is told, the process goes on. */
    FAILED
}
