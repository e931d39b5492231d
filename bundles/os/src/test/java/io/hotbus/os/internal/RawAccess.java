// SPDX-License-Identifier: Apache-2.0
package io.hotbus.os.internal;

import java.lang.reflect.Field;
import sun.misc.Unsafe;

/** Loads and stores that HotSpot compiles to the plain instruction, as a driver's do. */
final class RawAccess {
    private static final Unsafe UNSAFE = unsafe();

    private RawAccess() {
    }

    private static Unsafe unsafe() {
        try {
            final Field field = Unsafe.class.getDeclaredField("theUnsafe");
            field.setAccessible(true);
            return (Unsafe) field.get(null);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    static byte read8(long address) {
        return UNSAFE.getByte(address);
    }

    static int read32(long address) {
        return UNSAFE.getIntVolatile(null, address);
    }

    static long read64(long address) {
        return UNSAFE.getLong(address);
    }

    static void write32(long address, int value) {
        UNSAFE.putIntVolatile(null, address, value);
    }
}
