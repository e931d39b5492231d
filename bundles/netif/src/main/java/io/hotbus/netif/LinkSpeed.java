// SPDX-License-Identifier: Apache-2.0
package io.hotbus.netif;

import io.hotbus.eal.io.RawMemory;
import io.hotbus.ethdev.Link;
import io.hotbus.os.Linux;
import io.hotbus.os.LinuxException;
import io.hotbus.os.Sockets;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Asks drivers for the speed of a link. Any thread. Source: {@code linux/ethtool.h}, {@code struct
 * ethtool_cmd}.
 */
final class LinkSpeed implements AutoCloseable {
    private static final int AF_INET = 2;
    private static final int SOCK_DGRAM = 2;
    private static final long SIOCETHTOOL = 0x8946;
    private static final int ETHTOOL_GSET = 1;
    private static final int IFREQ = 40;
    private static final int IFREQ_DATA = 16;
    // struct ethtool_cmd
    private static final int SPEED = 12;
    private static final int DUPLEX = 14;
    private static final int SPEED_HIGH = 28;
    private static final int BYTES = 44;

    private final Linux linux;
    private final int fd;
    private final long memory;

    LinkSpeed(Linux linux, Sockets sockets) throws IOException {
        this.linux = linux;
        this.fd = sockets.open("ethtool", AF_INET, SOCK_DGRAM, 0);
        try {
            this.memory = linux.mapAnonymous("ethtool", linux.pageSize(), linux.pageSize());
        } catch (LinuxException e) {
            linux.close(fd);
            throw e;
        }
    }

    /** The link of the interface if it is up; the speed is 0 if the driver does not tell. */
    synchronized Link read(String name) {
        RawMemory.fill(memory, BYTES, (byte) 0);
        RawMemory.putInt(memory, ETHTOOL_GSET);
        final ByteBuffer request = ByteBuffer.allocate(IFREQ).order(ByteOrder.nativeOrder());
        request.put(0, name.getBytes(StandardCharsets.UTF_8)).putLong(IFREQ_DATA, memory);
        try {
            linux.ioctl("ETHTOOL_GSET " + name, fd, SIOCETHTOOL, request);
        } catch (LinuxException e) {
            return new Link(true, 0, true);
        }
        final int speed = Short.toUnsignedInt(RawMemory.getShort(memory + SPEED))
                | RawMemory.getShort(memory + SPEED_HIGH) << Short.SIZE;
        return new Link(true, speed == -1 || speed == 0xffff ? 0 : speed,
                RawMemory.getByte(memory + DUPLEX) != 0);
    }

    @Override
    public void close() throws LinuxException {
        linux.close(fd);
        linux.unmap(memory, linux.pageSize());
    }
}
