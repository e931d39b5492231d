// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bench.memory;

import java.io.IOException;

/** A way to reach memory outside of the Java heap. A handle names a byte of it, as a long. */
interface Memory {
    /** The first JDK with {@code java.lang.foreign}. */
    int FIRST_FOREIGN = 22;

    /** The handle of the first byte; the memory begins at a cache line. */
    long base();

    /** Reads 64 bits, plainly. */
    long get(long handle);

    /** Writes 64 bits, plainly. */
    void put(long handle, long value);

    /** Reads 64 bits, volatile. */
    long getVolatile(long handle);

    /**
     * Makes one, of zeroed memory.
     *
     * @param backend {@code unsafe}, {@code ffm} or {@code bytebuffer}
     * @throws UnsupportedOperationException this JDK has no such back end
     */
    static Memory of(String backend, int bytes) throws IOException {
        return switch (backend) {
            case "unsafe" -> new UnsafeMemory(bytes);
            case "ffm" -> foreign(bytes);
            case "bytebuffer" -> new BufferMemory(bytes);
            default -> throw new IllegalArgumentException(
                    "back end " + backend + ": name one of unsafe, ffm, bytebuffer");
        };
    }

    private static Memory foreign(int bytes) throws IOException {
        int jdk = Runtime.version().feature();
        if (jdk < FIRST_FOREIGN) {
            throw new UnsupportedOperationException(
                    "ffm: skipped (java.lang.foreign came with JDK %s, this is JDK %s)"
                            .formatted(FIRST_FOREIGN, jdk));
        }
        return new ForeignMemory(bytes);
    }
}
