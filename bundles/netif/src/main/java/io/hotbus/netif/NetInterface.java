// SPDX-License-Identifier: Apache-2.0
package io.hotbus.netif;

import io.hotbus.ethdev.MacAddress;
import java.util.Optional;

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
    private static final int ARPHRD_ETHER = 1;
    private static final int ARPHRD_LOOPBACK = 772;
    private static final int IFF_UP = 1;
    private static final int IFF_LOWER_UP = 1 << 16;

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
