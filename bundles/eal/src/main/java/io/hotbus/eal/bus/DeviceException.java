// SPDX-License-Identifier: Apache-2.0
package io.hotbus.eal.bus;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * A request to the control plane failed. The message names the device, what failed and, if known,
 * what to do. It can be shown to an operator as it is.
 */
@ConsumerType
public class DeviceException extends Exception {
    private static final long serialVersionUID = 1L;

    /** Creates it with a {@code message} as described above. */
    public DeviceException(String message) {
        super(message);
    }

    /** Creates it with a cause. The {@code message} must contain the text of the cause, too. */
    public DeviceException(String message, Throwable cause) {
        super(message, cause);
    }
}
