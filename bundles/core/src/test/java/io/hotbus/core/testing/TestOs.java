// SPDX-License-Identifier: Apache-2.0
package io.hotbus.core.testing;

import io.hotbus.os.Linux;
import io.hotbus.os.LinuxServices;
import io.hotbus.os.SigbusWindows;
import io.hotbus.os.UeventSocket;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** The services of the os bundle, without a framework. */
public final class TestOs {
    public static final Linux LINUX;
    public static final SigbusWindows TABLE;
    public static final UeventSocket.Factory SOCKETS;

    static {
        try {
            LinuxServices services = LinuxServices.load(Path.of("target", "test-library"));
            LINUX = services.linux();
            TABLE = services.windows();
            SOCKETS = services.ueventSockets();
            TABLE.eventfd(); // lives as long as the process, so it is no leak of a test
        } catch (IOException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private TestOs() {
    }

    /** How many eventfds and sockets this process has: what the bundle opens and is to close. */
    public static long openDescriptors() throws IOException {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            return descriptors.filter(TestOs::isEventfdOrSocket).count();
        }
    }

    private static boolean isEventfdOrSocket(Path descriptor) {
        try {
            String target = Files.readSymbolicLink(descriptor).toString();
            return target.startsWith("anon_inode:[eventfd]") || target.startsWith("socket:");
        } catch (IOException e) {
            return false; // closed since it was listed
        }
    }
}
