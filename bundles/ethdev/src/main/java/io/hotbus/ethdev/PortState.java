// SPDX-License-Identifier: Apache-2.0
package io.hotbus.ethdev;

/** The state of a port. */
public enum PortState {
    /** Not configured, or configured and not started. */
    STOPPED,
    /** Its queues receive and send. */
    STARTED,
    /** Its queues are gone; it waits for its device to be detached. */
    CLOSED
}
