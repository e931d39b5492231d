// SPDX-License-Identifier: Apache-2.0
package io.hotbus.eal.io;

import java.lang.ref.Cleaner;
import java.lang.reflect.Field;
import sun.misc.Unsafe;

/** Zeroed memory outside the heap, freed with this object. */
final class NativeBytes {
    private static final Cleaner CLEANER = Cleaner.create();
    private static final Unsafe UNSAFE = unsafe();

    private final long address;
    private final int length;

    NativeBytes(int length) {
        long allocated = UNSAFE.allocateMemory(length);
        UNSAFE.setMemory(allocated, length, (byte) 0);
        CLEANER.register(this, () -> UNSAFE.freeMemory(allocated));
        this.address = allocated;
        this.length = length;
    }

    private static Unsafe unsafe() {
        try {
            Field field = Unsafe.class.getDeclaredField("theUnsafe");
            field.setAccessible(true);
            return (Unsafe) field.get(null);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    long address() {
        return address;
    }

    void put(int offset, byte[] bytes) {
        RawMemory.copy(bytes, 0, address + offset, bytes.length);
    }

    byte[] bytes() {
        byte[] bytes = new byte[length];
        RawMemory.copy(address, bytes, 0, length);
        return bytes;
    }
}
