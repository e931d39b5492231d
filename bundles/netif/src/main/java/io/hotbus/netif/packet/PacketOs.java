// SPDX-License-Identifier: Apache-2.0
package io.hotbus.netif.packet;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.os.Errno;
import io.hotbus.os.Linux;
import io.hotbus.os.LinuxException;
import io.hotbus.os.PacketCalls;
import io.hotbus.os.Sockets;
import java.io.IOException;

/**
 * The calls to the kernel that a driver on packet sockets makes.
 *
 * @param linux   for what all descriptors have in common, and for maps of memory
 * @param sockets for making and setting sockets
 * @param packets for sending and receiving
 */
public record PacketOs(Linux linux, Sockets sockets, PacketCalls packets) {
    /** What a device throws when a call fails; says which rights are needed if one is missing. */
    public static DeviceException failure(String device, IOException e) {
        final boolean right = e instanceof LinuxException linux
                && linux.errno() == Errno.EPERM;
        return new DeviceException(device + ": " + e.getMessage() + (right
                ? "; CAP_NET_RAW and CAP_NET_ADMIN are needed: run as root" : ""), e);
    }
}
