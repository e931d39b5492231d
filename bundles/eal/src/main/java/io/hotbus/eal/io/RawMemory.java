// SPDX-License-Identifier: Apache-2.0
package io.hotbus.eal.io;

import java.lang.reflect.Field;
import sun.misc.Unsafe;

/**
 * Loads and stores at absolute addresses. This is the only class with raw memory access.
 *
 * <p>Any thread. Nothing is checked: an address that is not mapped ends the process. Drivers use
 * {@link Mmio}; this class is for the few places that lay out memory themselves (buffers, rings,
 * simulated hardware). Naming follows the memory order of the access: {@code get}/{@code put} are
 * plain and may be merged or moved by the compiler; {@code getVolatile} is never merged and orders
 * what follows it (acquire); {@code putRelease} is never merged and is ordered after what precedes
 * it. Neither costs a fence on x86-64.
 */
public final class RawMemory {
    private static final Unsafe UNSAFE = unsafe();

    private RawMemory() {
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

    /** Reads a byte, plainly. */
    public static byte getByte(long address) {
        return UNSAFE.getByte(address);
    }

    /** Reads 16 bits, plainly. */
    public static short getShort(long address) {
        return UNSAFE.getShort(address);
    }

    /** Reads 32 bits, plainly. */
    public static int getInt(long address) {
        return UNSAFE.getInt(address);
    }

    /** Reads 64 bits, plainly. */
    public static long getLong(long address) {
        return UNSAFE.getLong(address);
    }

    /** Writes a byte, plainly. */
    public static void putByte(long address, byte value) {
        UNSAFE.putByte(address, value);
    }

    /** Writes 16 bits, plainly. */
    public static void putShort(long address, short value) {
        UNSAFE.putShort(address, value);
    }

    /** Writes 32 bits, plainly. */
    public static void putInt(long address, int value) {
        UNSAFE.putInt(address, value);
    }

    /** Writes 64 bits, plainly. */
    public static void putLong(long address, long value) {
        UNSAFE.putLong(address, value);
    }

    /** Reads a byte, with acquire. */
    public static byte getByteVolatile(long address) {
        return UNSAFE.getByteVolatile(null, address);
    }

    /** Reads 16 bits, with acquire. */
    public static short getShortVolatile(long address) {
        return UNSAFE.getShortVolatile(null, address);
    }

    /** Reads 32 bits, with acquire. */
    public static int getIntVolatile(long address) {
        return UNSAFE.getIntVolatile(null, address);
    }

    /** Reads 64 bits, with acquire. */
    public static long getLongVolatile(long address) {
        return UNSAFE.getLongVolatile(null, address);
    }

    /**
     * Writes a byte, with a full fence: Unsafe has no release store for bytes. Rarely needed for
     * registers.
     */
    public static void putByteVolatile(long address, byte value) {
        UNSAFE.putByteVolatile(null, address, value);
    }

    /** Writes 16 bits. See {@link #putByteVolatile}. */
    public static void putShortVolatile(long address, short value) {
        UNSAFE.putShortVolatile(null, address, value);
    }

    /** Writes 16 bits, with release. */
    public static void putShortRelease(long address, short value) {
        UNSAFE.storeFence(); // Unsafe has no release store of 16 bits
        UNSAFE.putShort(address, value);
    }

    /** Writes 32 bits, with release. */
    public static void putIntRelease(long address, int value) {
        UNSAFE.putOrderedInt(null, address, value);
    }

    /** Writes 64 bits, with release. */
    public static void putLongRelease(long address, long value) {
        UNSAFE.putOrderedLong(null, address, value);
    }

    /** Adds {@code delta} to 64 bits in one piece, with a full fence; returns what was there. */
    public static long getAndAddLong(long address, long delta) {
        return UNSAFE.getAndAddLong(null, address, delta);
    }

    /** Orders every earlier access before every later one, the store-load pair included. */
    public static void fullFence() {
        UNSAFE.fullFence();
    }

    /** Copies {@code bytes} bytes; the ranges do not overlap. */
    public static void copy(long from, long to, long bytes) {
        UNSAFE.copyMemory(from, to, bytes);
    }

    /** Copies {@code length} bytes out of {@code from} into {@code to}. */
    public static void copy(long from, byte[] to, int offset, int length) {
        UNSAFE.copyMemory(null, from, to, Unsafe.ARRAY_BYTE_BASE_OFFSET + (long) offset, length);
    }

    /** Copies {@code length} bytes out of {@code from} to {@code to}. */
    public static void copy(byte[] from, int offset, long to, int length) {
        UNSAFE.copyMemory(from, Unsafe.ARRAY_BYTE_BASE_OFFSET + (long) offset, null, to, length);
    }

    /** Sets {@code bytes} bytes to {@code value}. */
    public static void fill(long address, long bytes, byte value) {
        UNSAFE.setMemory(address, bytes, value);
    }
}
