// SPDX-License-Identifier: Apache-2.0
package io.hotbus.netif;

import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.DeviceException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/** Checks the names of network interfaces in devargs. */
public final class InterfaceName {
    private static final String KEY = "iface";
    /** Source: {@code IFNAMSIZ}. */
    private static final int MAX_BYTES = 15;
    /** Source: {@code dev_valid_name} of Linux. */
    private static final Pattern REFUSED = Pattern.compile("|\\.|\\.\\.|.*[/:\\s].*");

    private InterfaceName() {
    }

    /**
     * Returns the name that the devarg {@code iface} gives, or {@code fallback} if there is none.
     *
     * @throws DeviceException no interface can have that name
     */
    public static String of(Devargs devargs, String fallback) throws DeviceException {
        return require(devargs.name(), KEY, devargs.get(KEY, fallback));
    }

    /**
     * Checks a name that a user has given. There may be no interface of that name.
     *
     * @param device the device that needs the interface, for messages
     * @param devarg the devarg that names it
     * @throws DeviceException no interface can have that name
     */
    public static String require(String device, String devarg, String name)
            throws DeviceException {
        if (name.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES
                || REFUSED.matcher(name).matches()) {
            throw new DeviceException(("%s: %s=%s: the name of a network interface is needed, 1 to "
                    + "%s bytes without '/', ':' and blanks")
                    .formatted(device, devarg, name, MAX_BYTES));
        }
        return name;
    }
}
