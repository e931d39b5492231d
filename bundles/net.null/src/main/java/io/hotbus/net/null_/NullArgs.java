// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.null_;

import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.DeviceException;
import java.util.Set;

/**
 * The devargs of the driver, named as in DPDK.
 *
 * @param size bytes in each packet received ({@code size=64})
 * @param copy whether packets' bytes are copied in and out ({@code copy=1})
 * @param noRx whether nothing is received ({@code no-rx=1})
 */
record NullArgs(int size, boolean copy, boolean noRx) {
    /** The length of the longest IP packet. The data room of a pool may set a lower limit. */
    static final int MAX_SIZE = 65535;
    private static final int DEFAULT_SIZE = 64;

    static NullArgs parse(Devargs devargs) throws DeviceException {
        devargs.allowOnly(Set.of("size", "copy", "no-rx"));
        return new NullArgs(devargs.getInt("size", DEFAULT_SIZE, 1, MAX_SIZE),
                devargs.getInt("copy", 0, 0, 1) == 1,
                devargs.getInt("no-rx", 0, 0, 1) == 1);
    }
}
