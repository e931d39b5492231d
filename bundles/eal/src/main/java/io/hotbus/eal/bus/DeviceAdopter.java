// SPDX-License-Identifier: Apache-2.0
package io.hotbus.eal.bus;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * Attaches a device that is expected, and does with it what it is wanted for. Given to {@link
 * DeviceManager#expect(Devargs, DeviceAdopter)}, and called on {@code control}: the calls for one
 * device come one after the other, and a slow one delays no other device.
 */
@ConsumerType
public interface DeviceAdopter {
    /**
     * The device may be there now: attaches it by {@link DeviceManager#attach}.
     *
     * @throws DeviceException it cannot be had now, and why; tried again a few times
     */
    void adopt(Devargs devargs) throws DeviceException;

    /**
     * All attempts have failed, the last one for {@code reason}. The device counts as away until it
     * is plugged in or bound once more, or its driver arrives.
     */
    void gaveUp(Devargs devargs, int attempts, DeviceException reason);

    /**
     * Whether devices are to be adopted now. Where not, the device stays expected; {@link
     * ExpectedDevice#check} makes up for what returned meanwhile. Any thread.
     */
    default boolean ready() {
        return true;
    }
}
