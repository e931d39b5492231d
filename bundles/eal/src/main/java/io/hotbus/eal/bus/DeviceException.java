// SPDX-License-Identifier: Apache-2.0
package io.hotbus.eal.bus;

/**
 * The control plane could not do what was asked. The message names the device, what failed and
 * where one is known the cure; it is fit to be shown to an operator as it is.
 */
public class DeviceException extends Exception {
    private static final long serialVersionUID = 1L;

    public DeviceException(String message) {
        super(message);
    }

    public DeviceException(String message, Throwable cause) {
        super(message, cause);
    }
}
