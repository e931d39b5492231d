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

    /**
     * Checks the arguments of a device that may not be there yet: that the driver has their keys,
     * and takes their values, as far as can be told without touching anything. Probing checks them
     * again. The default finds nothing wrong. Any thread; must not wait.
     *
     * @param devargs name a device of this driver
     * @throws DeviceException an argument is wrong; the message names it and what is possible
     */
    default void checkDevargs(Devargs devargs) throws DeviceException {
    }
}
