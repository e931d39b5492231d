// SPDX-License-Identifier: Apache-2.0
package io.hotbus.eal.bus;

import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/**
 * A device that is expected until this is closed: adopted whenever it is there and not attached.
 * From {@link DeviceManager#expect(Devargs, DeviceAdopter)}. Any thread.
 */
@ProviderType
public interface ExpectedDevice extends AutoCloseable {
    /** What it is attached with. */
    Devargs devargs();

    /** Why the device, which is there, was given up; empty where that did not happen. */
    Optional<String> failure();

    /** Adopts the device, on {@code control}, if it has returned and is not attached. */
    void check();

    /** The device is not expected any more; an attached one stays attached. Idempotent. */
    @Override
    void close();
}
