// SPDX-License-Identifier: Apache-2.0
package io.hotbus.netif;

import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.DeviceException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/** Reads the devarg {@code iface}, which names the network interface of a device. */
public final class InterfaceName {
    private static final String KEY = "iface";
    /** Source: {@code IFNAMSIZ}. */
    private static final int MAX_BYTES = 15;
    /** Source: {@code dev_valid_name} of Linux. */
    private static final Pattern REFUSED = Pattern.compile("|\\.|\\.\\.|.*[/:\\s].*");

    private InterfaceName() {
    }

    /**
     * Returns the name that the devargs give, or {@code fallback} where they give none.
     *
     * @throws DeviceException no interface can have that name
     */
    public static String of(Devargs devargs, String fallback) throws DeviceException {
        final String name = devargs.get(KEY, fallback);
        if (name.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES
                || REFUSED.matcher(name).matches()) {
            throw new DeviceException(("%s: %s=%s: the name of a network interface is needed, 1 to "
                    + "%s bytes without '/', ':' and blanks")
                    .formatted(devargs.name(), KEY, name, MAX_BYTES));
        }
        return name;
    }
}
