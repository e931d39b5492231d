// SPDX-License-Identifier: Apache-2.0
package io.hotbus.ethdev;

import io.hotbus.eal.bus.DeviceException;

/** A device cannot do what was asked, now or later. DPDK: {@code -ENOTSUP}. */
public final class NotSupportedException extends DeviceException {
    private static final long serialVersionUID = 1L;

    private final String operation;

    /** {@code operation} cannot be done, as in {@code promiscuous mode}. */
    public NotSupportedException(String operation) {
        super(operation + ": not supported");
        this.operation = operation;
    }

    private NotSupportedException(String message, NotSupportedException cause) {
        super(message, cause);
        this.operation = cause.operation;
    }

    /** The same, of the port {@code port} of a driver. */
    public NotSupportedException by(String port, String driver) {
        return new NotSupportedException(
                "%s: %s: not supported by %s".formatted(port, operation, driver), this);
    }
}
