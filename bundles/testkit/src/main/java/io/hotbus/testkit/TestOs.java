// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testkit;

import io.hotbus.os.Linux;
import io.hotbus.os.LinuxServices;
import io.hotbus.os.PacketCalls;
import io.hotbus.os.SigbusWindows;
import io.hotbus.os.Sockets;
import io.hotbus.os.UeventSocket;
import java.io.IOException;
import java.nio.file.Path;

/** Provides the services of the bundle {@code os} without a framework. Any thread. */
public final class TestOs {
    private static final LinuxServices SERVICES = load();
    private static final PacketCalls PACKETS = loadPacketCalls();

    private TestOs() {
    }

    private static LinuxServices load() {
        try {
            return LinuxServices.load(Path.of(System.getProperty("java.io.tmpdir")));
        } catch (IOException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private static PacketCalls loadPacketCalls() {
        try {
            return LinuxServices.packetCalls(Path.of(System.getProperty("java.io.tmpdir")));
        } catch (IOException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** The system calls. */
    public static Linux linux() {
        return SERVICES.linux();
    }

    /** The SIGBUS handler and the table of windows of this process. */
    public static SigbusWindows windows() {
        return SERVICES.windows();
    }

    /** The calls on sockets. */
    public static Sockets sockets() {
        return LinuxServices.sockets();
    }

    /** The calls on the data paths of drivers. */
    public static PacketCalls packets() {
        return PACKETS;
    }

    /** The factory of sockets for uevents of this kernel. */
    public static UeventSocket.Factory ueventSockets() {
        return SERVICES.ueventSockets();
    }
}
