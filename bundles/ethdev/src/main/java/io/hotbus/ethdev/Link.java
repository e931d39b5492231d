// SPDX-License-Identifier: Apache-2.0
package io.hotbus.ethdev;

/**
 * The link's state.
 *
 * @param up         whether frames get through
 * @param speedMbps  megabits per second; 0 while it is down
 * @param fullDuplex whether it sends and receives at once; false while it is down
 */
public record Link(boolean up, int speedMbps, boolean fullDuplex) {
    /** No link. */
    public static final Link DOWN = new Link(false, 0, false);
}
