// SPDX-License-Identifier: Apache-2.0
package io.hotbus.netif;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.ethdev.MacAddress;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A network interface of the kernel, as of one moment.
 *
 * @param index  the number by which the kernel knows it; a rename does not change it
 * @param name   the present name, at most 15 bytes
 * @param type   the kind of its link layer: {@code ARPHRD_} of the kernel
 * @param mac    the address, if it has one of six bytes
 * @param mtu    the MTU, in bytes
 * @param maxMtu the largest possible MTU, in bytes; 0 if there is no limit
 * @param flags  the {@code IFF_} flags of the kernel
 */
public record NetInterface(int index, String name, int type, Optional<MacAddress> mac, int mtu,
        int maxMtu, int flags) {
    private static final int MAX_NAME = 15;
    private static final Pattern NAME = Pattern.compile("[^\\s/\\x00]+");
    private static final int ARPHRD_ETHER = 1;
    private static final int ARPHRD_LOOPBACK = 772;
    private static final int IFF_UP = 1;
    private static final int IFF_LOWER_UP = 1 << 16;

    /**
     * Checks a name that a user has given. There may be no interface of that name.
     *
     * @param device the device that needs the interface, for messages
     * @param devarg the devarg that names it
     * @throws DeviceException no interface can have that name
     */
    public static String requireName(String device, String devarg, String name)
            throws DeviceException {
        if (!NAME.matcher(name).matches()
                || name.getBytes(StandardCharsets.UTF_8).length > MAX_NAME) {
            throw new DeviceException(
                    "%s: %s=%s: the name of a network interface is needed, 1 to %s bytes".formatted(
                            device, devarg, name.replaceAll("[^\\x20-\\x7e]", "?"), MAX_NAME));
        }
        return name;
    }

    /** Whether it was set up by the administrator. */
    public boolean isUp() {
        return (flags & IFF_UP) != 0;
    }

    /** Whether frames get through: it is up, and its carrier is there. */
    public boolean hasLink() {
        return isUp() && (flags & IFF_LOWER_UP) != 0;
    }

    /** Whether its frames are Ethernet frames. */
    public boolean isEthernet() {
        return type == ARPHRD_ETHER || type == ARPHRD_LOOPBACK;
    }

    /** Whether it is the loopback interface, which receives what it sends. */
    public boolean isLoopback() {
        return type == ARPHRD_LOOPBACK;
    }

    /** The name and the index, for messages. */
    @Override
    public String toString() {
        return name + " (index " + index + ")";
    }
}
