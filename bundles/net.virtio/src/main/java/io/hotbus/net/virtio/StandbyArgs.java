// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.virtio;

import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.ethdev.Standby;
import io.hotbus.pmd.virtio.VirtioFeature;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The devargs on the role of a device as a standby.
 *
 * @param accepted whether the role is accepted where the device offers it ({@code
 *     standby=auto|off})
 * @param primary  the device that it stands in for ({@code primary(DEVARGS)})
 */
record StandbyArgs(boolean accepted, Optional<Devargs> primary) {
    private static final String STANDBY = "standby";
    private static final String PRIMARY = "primary";
    /** The keys. */
    static final Set<String> KEYS = Set.of(STANDBY, PRIMARY);

    /** @throws DeviceException a value is wrong */
    static StandbyArgs parse(Devargs devargs) throws DeviceException {
        String text = devargs.get(STANDBY, "auto");
        if (!text.equals("auto") && !text.equals("off")) {
            throw new DeviceException("%s: %s=%s: auto or off is needed"
                    .formatted(devargs.name(), STANDBY, text));
        }
        List<String> primaries = devargs.nested(PRIMARY);
        if (primaries.isEmpty()) {
            return new StandbyArgs(text.equals("auto"), Optional.empty());
        }
        if (text.equals("off")) {
            throw new DeviceException("%s: %s(...) is of no use with %s=off"
                    .formatted(devargs.name(), PRIMARY, STANDBY));
        }
        return new StandbyArgs(true, Optional.of(read(devargs.name(), primaries.get(0))));
    }

    private static Devargs read(String device, String text) throws DeviceException {
        try {
            return Devargs.parse(text);
        } catch (DeviceException e) {
            throw new DeviceException(
                    "%s: %s(%s): %s".formatted(device, PRIMARY, text, e.getMessage()), e);
        }
    }

    /** What of {@code offered} is accepted for the role. */
    long features(long offered) {
        return accepted ? offered & VirtioFeature.STANDBY : 0;
    }

    /** The role, if {@code features} have been accepted. */
    Optional<Standby> role(long features) {
        return VirtioFeature.has(features, VirtioFeature.STANDBY)
                ? Optional.of(new Standby(primary)) : Optional.empty();
    }
}
