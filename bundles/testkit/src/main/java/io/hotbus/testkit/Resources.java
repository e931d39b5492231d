// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testkit;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * Counts the memory and threads of devices that this process holds.
 *
 * @param memfds   descriptors of memory whose name begins with a prefix
 * @param mappings mappings of such memory
 * @param threads  threads whose name begins with a prefix
 */
public record Resources(long memfds, long mappings, long threads) {
    /**
     * Counts the present resources. Any thread.
     *
     * @param memory  prefix of the names of memfds
     * @param threads prefix of the names of threads
     */
    public static Resources now(String memory, String threads) {
        final String memfd = "/memfd:" + memory;
        return new Resources(descriptors(memfd), mappings(memfd), threads(threads));
    }

    /**
     * Counts the descriptors and mappings of files of one kind. Any thread.
     *
     * @param file how the kernel's names of these files begin, such as {@code socket:}
     */
    public static long of(String file) {
        return descriptors(file) + mappings(file);
    }

    private static long descriptors(String file) {
        final String[] fds = Objects.requireNonNull(new File("/proc/self/fd").list());
        return Arrays.stream(fds).filter(fd -> isLinkTo(file, fd)).count();
    }

    private static boolean isLinkTo(String file, String fd) {
        try {
            return Files.readSymbolicLink(Path.of("/proc/self/fd", fd)).toString()
                    .startsWith(file);
        } catch (IOException e) {
            // The descriptor was closed after it was listed.
            return false;
        }
    }

    private static long mappings(String file) {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/maps"))) {
            return lines.filter(line -> line.contains(file)).count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long threads(String prefix) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith(prefix)).count();
    }
}
