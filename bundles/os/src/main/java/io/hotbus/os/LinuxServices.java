// SPDX-License-Identifier: Apache-2.0
package io.hotbus.os;

import io.hotbus.os.internal.LinuxCalls;
import io.hotbus.os.internal.NativeHotbus;
import io.hotbus.os.internal.NativeLibrary;
import io.hotbus.os.internal.NativePacketCalls;
import io.hotbus.os.internal.NativeSigbusWindows;
import io.hotbus.os.internal.NativeUeventSocketFactory;
import io.hotbus.os.internal.SocketCalls;
import java.io.IOException;
import java.nio.file.Path;

/**
 * The services of this bundle for programs that run without a framework: unit tests and benchmarks.
 * In a framework the same services are in the service registry. Any thread.
 *
 * @param linux         system calls
 * @param windows       the SIGBUS handler, which is not enabled yet, and its table of windows; the
 *     process has one handler and one table, whatever the number of these objects
 * @param ueventSockets opens sockets for uevents
 */
public record LinuxServices(
        Linux linux, SigbusWindows windows, UeventSocket.Factory ueventSockets) {
    /**
     * Loads libhotbus.so and returns the services that call it.
     *
     * @param directory where the library is written to; if that is impossible, or the directory is
     *     mounted noexec, a new folder below {@code java.io.tmpdir} is used
     * @throws IOException the library cannot be loaded; the message says why and what to do
     */
    public static LinuxServices load(Path directory) throws IOException {
        final NativeHotbus hotbus = library(directory);
        final Linux linux = new LinuxCalls();
        return new LinuxServices(linux, new NativeSigbusWindows(hotbus),
                new NativeUeventSocketFactory(hotbus, linux));
    }

    private static NativeHotbus library(Path directory) throws IOException {
        try {
            return NativeLibrary.load(directory);
        } catch (NativeLibrary.UnavailableException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /**
     * Returns the calls on the data paths of drivers.
     *
     * @throws IOException as {@link #load} says
     */
    public static PacketCalls packetCalls(Path directory) throws IOException {
        return new NativePacketCalls(library(directory));
    }

    /** Returns the service for sockets, which needs no library of this bundle. */
    public static Sockets sockets() {
        return new SocketCalls();
    }
}
