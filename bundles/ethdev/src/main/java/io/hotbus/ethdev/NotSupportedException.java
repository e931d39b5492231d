// SPDX-License-Identifier: Apache-2.0
package io.hotbus.ethdev;

import io.hotbus.eal.bus.DeviceException;

/** The device does not support the operation, now or later. DPDK: {@code -ENOTSUP}. */
public final class NotSupportedException extends DeviceException {
    private static final long serialVersionUID = 1L;

    /** {@code message} names the port, the operation and the driver. */
    public NotSupportedException(String message) {
        super(message);
    }
}
