// SPDX-License-Identifier: Apache-2.0
package io.hotbus.eal.bus;

import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/**
 * A device that is expected until this object is closed. It is adopted whenever it is there and not
 * attached. From {@link DeviceManager#expect(Devargs, DeviceAdopter)}. Any thread.
 */
@ProviderType
public interface ExpectedDevice extends AutoCloseable {
    /** The devargs that the device is attached with. */
    Devargs devargs();

    /** Why adopting the device was given up although it is there; empty if it was not given up. */
    Optional<String> failure();

    /** Adopts the device, on {@code control}, if it has returned and is not attached. */
    void check();

    /** Ends the expectation. An attached device stays attached. Idempotent. */
    @Override
    void close();
}
