// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd.members;

import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.ethdev.MacAddress;
import java.util.Map;
import java.util.Optional;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Says which device a member is, now. Control threads, one at a time. {@code toString} tells it as
 * it was given.
 */
@ConsumerType
public interface MemberSource {
    /**
     * The device to attach; empty if there is none yet, or it is not attached by the port above.
     *
     * @throws DeviceException it cannot be found out; the message says why
     */
    Optional<Devargs> devargs() throws DeviceException;

    /**
     * The address of the port to take over, whoever attaches its device. A port that stands in for
     * another one is not meant.
     */
    default Optional<MacAddress> mac() {
        return Optional.empty();
    }

    /**
     * The name of the device to take over, whoever attaches it. Once it was there, it is expected
     * with the devargs that it had.
     */
    default Optional<Devargs> device() {
        return Optional.empty();
    }

    /** A device that others attach, by its name in any spelling that its bus accepts. */
    static MemberSource named(String name) {
        Devargs device = new Devargs(Optional.empty(), name, Map.of());
        return new MemberSource() {
            @Override
            public Optional<Devargs> devargs() {
                return Optional.empty();
            }

            @Override
            public Optional<Devargs> device() {
                return Optional.of(device);
            }

            @Override
            public String toString() {
                return name;
            }
        };
    }
}
