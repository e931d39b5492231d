// SPDX-License-Identifier: Apache-2.0
package io.hotbus.eal.mem;

import java.io.IOException;
import java.util.function.Supplier;

/** Checks the Java heap before a large object is created. */
final class JavaHeap {
    private static final int MIB_SHIFT = 20;

    private JavaHeap() {
    }

    /**
     * Creates an object that takes {@code bytes} of the heap.
     *
     * @throws IOException the heap is too small; the message names {@code what}, the bytes needed
     *     and left
     */
    static <T> T make(String what, long bytes, Supplier<T> maker) throws IOException {
        if (bytes > left()) {
            System.gc(); // garbage counts as in use
            if (bytes > left()) {
                throw tooSmall(what, bytes, null);
            }
        }
        try {
            return maker.get();
        } catch (OutOfMemoryError e) {
            // There is enough memory, but not in one piece.
            throw tooSmall(what, bytes, e);
        }
    }

    private static long left() {
        Runtime runtime = Runtime.getRuntime();
        return runtime.maxMemory() - runtime.totalMemory() + runtime.freeMemory();
    }

    private static IOException tooSmall(String what, long bytes, OutOfMemoryError cause) {
        return new IOException("%s: %s MiB of Java heap are needed%s, %s MiB are left of %s (-Xmx)"
                .formatted(what, (bytes >> MIB_SHIFT) + 1, cause == null ? "" : " in one piece",
                        left() >> MIB_SHIFT, Runtime.getRuntime().maxMemory() >> MIB_SHIFT),
                cause);
    }
}
