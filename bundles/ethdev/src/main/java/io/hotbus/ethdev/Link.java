// SPDX-License-Identifier: Apache-2.0
package io.hotbus.ethdev;

/** The link's state. {@code speedMbps} is 0 while it is down. */
public record Link(boolean up, int speedMbps, boolean fullDuplex) {
    public static final Link DOWN = new Link(false, 0, false);
}
