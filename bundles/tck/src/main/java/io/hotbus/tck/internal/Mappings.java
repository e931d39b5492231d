// SPDX-License-Identifier: Apache-2.0
package io.hotbus.tck.internal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Reads the mappings of this process from {@code /proc/self/maps}. */
public final class Mappings {
    private static final Path MAPS = Path.of("/proc/self/maps");
    private static final int ADDRESSES = 0;
    private static final int DEVICE = 3;
    private static final int INODE = 4;
    private static final int NAME = 5;
    private static final int FIELDS = 6;

    private Mappings() {
    }

    /**
     * A mapping.
     *
     * @param file the device and the inode of the mapped file
     * @param name the name that the kernel shows; empty if there is none
     */
    public record Mapping(long start, long end, String file, String name) {
        private static Mapping parse(String line) {
            String[] fields = line.split("\\s+", FIELDS);
            String[] range = fields[ADDRESSES].split("-");
            return new Mapping(Long.parseUnsignedLong(range[0], 16),
                    Long.parseUnsignedLong(range[1], 16), fields[DEVICE] + " " + fields[INODE],
                    fields.length > NAME ? fields[NAME].strip() : "");
        }

        private boolean contains(long address) {
            return Long.compareUnsigned(address, start) >= 0
                    && Long.compareUnsigned(address, end) < 0;
        }

        @Override
        public String toString() {
            return "%x-%x %s".formatted(start, end, name.isEmpty() ? "(" + file + ")" : name);
        }
    }

    /** All mappings. */
    public static List<Mapping> all() {
        try {
            return Files.readAllLines(MAPS).stream().map(Mapping::parse).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The mapping that contains {@code address}. */
    public static Optional<Mapping> at(long address) {
        return all().stream().filter(mapping -> mapping.contains(address)).findFirst();
    }
}
