// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bench.memory;

import io.hotbus.testkit.TestDma;
import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle.AccessMode;
import java.lang.invoke.VarHandle;

/**
 * {@code java.lang.foreign}: one segment that is all memory. Handles are addresses. By reflection,
 * for this is compiled for JDK 17; the method handles are constants, so the JIT compiler sees the
 * same as in code that names these classes.
 */
final class ForeignMemory implements Memory {
    private static final MethodHandle GET = handle(AccessMode.GET);
    private static final MethodHandle SET = handle(AccessMode.SET);
    private static final MethodHandle GET_VOLATILE = handle(AccessMode.GET_VOLATILE);

    private final long base;

    /** On JDK 22 and later. */
    ForeignMemory(int bytes) throws IOException {
        base = new TestDma().allocate("bench", bytes).address();
    }

    /** The accessor of a long, with the segment of all memory bound to it. */
    private static MethodHandle handle(AccessMode mode) {
        try {
            Class<?> segment = Class.forName("java.lang.foreign.MemorySegment");
            Object all = segment.getMethod("reinterpret", long.class)
                    .invoke(segment.getField("NULL").get(null), Long.MAX_VALUE);
            Class<?> layout = Class.forName("java.lang.foreign.ValueLayout");
            VarHandle longs = (VarHandle) layout.getMethod("varHandle")
                    .invoke(layout.getField("JAVA_LONG").get(null));
            return longs.toMethodHandle(mode).bindTo(all);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    @Override
    public long base() {
        return base;
    }

    @Override
    public long get(long handle) {
        try {
            return (long) GET.invokeExact(handle);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void put(long handle, long value) {
        try {
            SET.invokeExact(handle, value);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public long getVolatile(long handle) {
        try {
            return (long) GET_VOLATILE.invokeExact(handle);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }
}
