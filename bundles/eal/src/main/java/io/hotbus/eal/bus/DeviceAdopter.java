// SPDX-License-Identifier: Apache-2.0
package io.hotbus.eal.bus;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * Attaches an expected device and puts it to use. Passed to {@link DeviceManager#expect(Devargs,
 * DeviceAdopter)}, and called on {@code control}: the calls for one device come one after the
 * other, and a slow one delays no other device.
 */
@ConsumerType
public interface DeviceAdopter {
    /**
     * Attaches the device, which may be there now, by {@link DeviceManager#attach}.
     *
     * @throws DeviceException the device cannot be attached now; repeated a few times
     */
    void adopt(Devargs devargs) throws DeviceException;

    /**
     * Reports that all attempts have failed, the last one for {@code reason}. The device counts as
     * away until it is plugged in or bound again, or its driver arrives.
     */
    void gaveUp(Devargs devargs, int attempts, DeviceException reason);

    /**
     * Whether devices shall be adopted now. If not, the device stays expected; {@link
     * ExpectedDevice#check} adopts a device that has returned meanwhile. Any thread.
     */
    default boolean ready() {
        return true;
    }
}
