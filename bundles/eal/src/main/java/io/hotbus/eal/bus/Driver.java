// SPDX-License-Identifier: Apache-2.0
package io.hotbus.eal.bus;

import org.osgi.annotation.versioning.ConsumerType;

/** A driver. Each bus extends this with its own way to match and probe. */
@ConsumerType
public interface Driver {
    /**
     * The name, as in DPDK: {@code net_null}, {@code net_e1000_em}. Unique among the bus's drivers.
     */
    String name();
}
