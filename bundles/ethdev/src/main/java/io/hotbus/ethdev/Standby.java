// SPDX-License-Identifier: Apache-2.0
package io.hotbus.ethdev;

import io.hotbus.eal.bus.Devargs;
import java.util.Optional;

/**
 * A port that stands in for another device, the primary, while that one is away. The primary has
 * the same address, and is preferred while it is there. Source: VIRTIO_NET_F_STANDBY, virtio 5.1.3.
 *
 * @param primary the primary, to be attached when it is there; empty: any port of that address
 */
public record Standby(Optional<Devargs> primary) {
}
