// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.pcap;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * A window on the bytes of a capture that slides from its beginning to its end. Numbers are read
 * relative to its position. One thread at a time; never allocates, never throws.
 */
final class FileWindow {
    /** Bytes of the window: the most that {@link #has} can provide. */
    static final int SIZE = 1 << 19;
    /** Bytes that are read at a time: they fit in the second-level cache of a CPU. */
    private static final int CHUNK = 1 << 18;
    private static final VarHandle INT =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle SHORT =
            MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);

    private final Input input;
    private final byte[] bytes = new byte[SIZE];
    private boolean bigEndian;
    private boolean failed;
    /** The offset in the capture of the first byte of the window. */
    private long base;
    private int position;
    private int limit;

    FileWindow(Input input) {
        this.input = input;
    }

    /** The bytes; valid until the next {@link #has}. */
    byte[] bytes() {
        return bytes;
    }

    /** The index of the position in {@link #bytes}. */
    int position() {
        return position;
    }

    /** The offset of the position in the capture. */
    long offset() {
        return base + position;
    }

    /** Whether the input failed, so that {@link #has} was false before the end. */
    boolean failed() {
        return failed;
    }

    /** Sets the order of the bytes of numbers. */
    void bigEndian(boolean big) {
        bigEndian = big;
    }

    /** Goes to the beginning of the capture. */
    void rewind() {
        base = 0;
        position = 0;
        limit = 0;
        failed = false;
    }

    /** Whether there are {@code count} bytes from the position on; at most {@value #SIZE}. */
    boolean has(int count) {
        return limit - position >= count || fill(count);
    }

    private boolean fill(int count) {
        int rest = limit - position;
        System.arraycopy(bytes, position, bytes, 0, rest);
        base += position;
        position = 0;
        limit = rest;
        while (limit < count) {
            int got = input.read(base + limit, bytes, limit, Math.min(CHUNK, SIZE - limit));
            if (got <= 0) {
                failed = got < 0;
                return false;
            }
            limit += got;
        }
        return true;
    }

    /** How many bytes there are from the position on, if {@link #has} was false. */
    int rest() {
        return limit - position;
    }

    /** Moves the position; it may pass the end. */
    void skip(long count) {
        if (count <= limit - position) {
            position += (int) count;
        } else {
            base += position + count;
            position = 0;
            limit = 0;
        }
    }

    /** The 32 bits at {@code offset} from the position. */
    int int32(int offset) {
        int value = (int) INT.get(bytes, position + offset);
        return bigEndian ? Integer.reverseBytes(value) : value;
    }

    /** The unsigned 32 bits at {@code offset} from the position. */
    long uint32(int offset) {
        return Integer.toUnsignedLong(int32(offset));
    }

    /** The 64 bits at {@code offset} from the position. */
    long int64(int offset) {
        long low = uint32(bigEndian ? offset + Integer.BYTES : offset);
        return (long) int32(bigEndian ? offset : offset + Integer.BYTES) << Integer.SIZE | low;
    }

    /** The unsigned 16 bits at {@code offset} from the position. */
    int uint16(int offset) {
        short value = (short) SHORT.get(bytes, position + offset);
        return Short.toUnsignedInt(bigEndian ? Short.reverseBytes(value) : value);
    }

    /** The unsigned byte at {@code offset} from the position. */
    int uint8(int offset) {
        return Byte.toUnsignedInt(bytes[position + offset]);
    }
}
