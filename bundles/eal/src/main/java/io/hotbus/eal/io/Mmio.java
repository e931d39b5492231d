// SPDX-License-Identifier: Apache-2.0
package io.hotbus.eal.io;

import java.util.Objects;

/**
 * One window on a device's memory: a BAR, or a part of one, mapped into this process.
 *
 * <p>Any thread; the driver must order accesses as the device needs. Reads are never merged or
 * repeated and order what follows them; writes are never merged and are ordered after what precedes
 * them, so a doorbell may be rung right after its descriptors are written. Values are
 * little-endian, as the host is. Offsets are bytes from the start of the window and are checked: an
 * access outside it, or after {@link MmioMapper#release}, throws {@link IndexOutOfBoundsException}.
 *
 * <p>When the device is pulled out, an access still completes: reads return the window's {@link
 * Fill} and writes have no effect. A driver treats all-ones in a register that never holds all-ones
 * as "gone".
 */
public final class Mmio {
    private final String name;
    private final long address;
    private final long length;
    /** Bytes that may be accessed: the length, or 0 once released. */
    private long limit;

    /** For {@link MmioMapper} implementations: the window {@code [address, address + length)}. */
    public Mmio(String name, long address, long length) {
        this.name = Objects.requireNonNull(name);
        this.address = address;
        this.length = length;
        this.limit = length;
    }

    /** Names the device and the window, as in {@code net_sim0 BAR0}. */
    public String name() {
        return name;
    }

    /** The virtual address of the first byte. */
    public long address() {
        return address;
    }

    /** Bytes. */
    public long length() {
        return length;
    }

    /** Whether {@code address} lies in this window. */
    public boolean contains(long address) {
        return Long.compareUnsigned(address - this.address, length) < 0;
    }

    /** For {@link MmioMapper} implementations: from now on no access gets through. */
    public void revoke() {
        limit = 0;
    }

    /** Reads the byte at {@code offset}. */
    public byte read8(long offset) {
        return RawMemory.getByteVolatile(at(offset, 1));
    }

    /** Reads 16 bits at {@code offset}, which is even. */
    public short read16(long offset) {
        return RawMemory.getShortVolatile(at(offset, 2));
    }

    /** Reads 32 bits at {@code offset}, a multiple of 4. */
    public int read32(long offset) {
        return RawMemory.getIntVolatile(at(offset, 4));
    }

    /** Reads 64 bits at {@code offset}, a multiple of 8. */
    public long read64(long offset) {
        return RawMemory.getLongVolatile(at(offset, 8));
    }

    /** Writes a byte at {@code offset}; a full fence. */
    public void write8(long offset, byte value) {
        RawMemory.putByteVolatile(at(offset, 1), value);
    }

    /** Writes 16 bits at {@code offset}, which is even; a full fence. */
    public void write16(long offset, short value) {
        RawMemory.putShortVolatile(at(offset, 2), value);
    }

    /** Writes 32 bits at {@code offset}, a multiple of 4. */
    public void write32(long offset, int value) {
        RawMemory.putIntRelease(at(offset, 4), value);
    }

    /** Writes 64 bits at {@code offset}, a multiple of 8. */
    public void write64(long offset, long value) {
        RawMemory.putLongRelease(at(offset, 8), value);
    }

    /**
     * Reads plainly, for descriptor fields that another access of this window orders: reads after
     * the DD bit, writes before the doorbell.
     */
    public int plainRead32(long offset) {
        return RawMemory.getInt(at(offset, 4));
    }

    /** As {@link #plainRead32}. */
    public long plainRead64(long offset) {
        return RawMemory.getLong(at(offset, 8));
    }

    /** As {@link #plainRead32}. */
    public void plainWrite32(long offset, int value) {
        RawMemory.putInt(at(offset, 4), value);
    }

    /** As {@link #plainRead32}. */
    public void plainWrite64(long offset, long value) {
        RawMemory.putLong(at(offset, 8), value);
    }

    private long at(long offset, int bytes) {
        return address + Objects.checkIndex(offset, limit - (bytes - 1));
    }

    @Override
    public String toString() {
        return "%s [%#x, +%#x)".formatted(name, address, length);
    }
}
