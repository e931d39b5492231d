// SPDX-License-Identifier: Apache-2.0
package io.hotbus.core.mem;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What this process has mapped, as the kernel says. */
final class Mappings {
    private Mappings() {
    }

    static boolean contains(long address) throws IOException {
        return Files.readAllLines(Path.of("/proc/self/maps")).stream()
                .map(line -> line.split("[- ]", 3))
                .anyMatch(range -> Long.compareUnsigned(
                                Long.parseUnsignedLong(range[0], 16), address) <= 0
                        && Long.compareUnsigned(
                                address, Long.parseUnsignedLong(range[1], 16)) < 0);
    }
}
