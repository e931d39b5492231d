// SPDX-License-Identifier: Apache-2.0
package io.hotbus.eal.bus;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * The control plane could not do what was asked. The message names the device, what failed and
 * where one is known the cure; it is fit to be shown to an operator as it is.
 */
@ConsumerType
public class DeviceException extends Exception {
    private static final long serialVersionUID = 1L;

    /** {@code message} as this class says. */
    public DeviceException(String message) {
        super(message);
    }

    /** The same, with what brought it about; its words belong into {@code message}, too. */
    public DeviceException(String message, Throwable cause) {
        super(message, cause);
    }
}
