// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.sim;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * What the NICs of this process hold of it.
 *
 * @param memfds   descriptors of NIC memory
 * @param mappings mappings of NIC memory
 * @param threads  threads of the hardware side
 */
record Resources(long memfds, long mappings, long threads) {
    static Resources now() {
        return new Resources(memfdCount(), mappingCount(), threadCount());
    }

    private static long memfdCount() {
        String[] fds = Objects.requireNonNull(new File("/proc/self/fd").list());
        return Arrays.stream(fds).filter(Resources::isMemfd).count();
    }

    private static boolean isMemfd(String fd) {
        try {
            return Files.readSymbolicLink(Path.of("/proc/self/fd", fd)).toString()
                    .contains("memfd:" + SimDriver.NAME);
        } catch (IOException e) {
            // Closed since it was listed.
            return false;
        }
    }

    private static long mappingCount() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/maps"))) {
            return lines.filter(line -> line.contains("memfd:" + SimDriver.NAME)).count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long threadCount() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("sim-")).count();
    }
}
