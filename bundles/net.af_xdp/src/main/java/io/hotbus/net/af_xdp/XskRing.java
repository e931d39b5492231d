// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.af_xdp;

import io.hotbus.eal.io.RawMemory;

/**
 * One ring that the kernel shares with this process: one side produces entries, the other consumes
 * them. Indices only rise and wrap at 32 bits. One thread at a time.
 */
final class XskRing {
    private static final int NEED_WAKEUP = 1;

    private final long producer;
    private final long consumer;
    private final long flags;
    private final long entries;
    private final int entryBytes;
    private final int size;

    /**
     * Describes a mapped ring.
     *
     * @param size entries, a power of two
     */
    XskRing(long address, Layout layout, int entryBytes, int size) {
        this.producer = address + layout.producer;
        this.consumer = address + layout.consumer;
        this.flags = address + layout.flags;
        this.entries = address + layout.entries;
        this.entryBytes = entryBytes;
        this.size = size;
    }

    /** Where the parts of a ring are, in bytes from its start: {@code struct xdp_ring_offset}. */
    record Layout(long producer, long consumer, long entries, long flags) {
        /** Bytes to map for a ring of {@code size} entries. */
        long length(int entryBytes, int size) {
            return entries + (long) entryBytes * size;
        }
    }

    /** For the consumer: the index of the oldest entry. */
    int consumed() {
        return RawMemory.getInt(consumer);
    }

    /** For the consumer: how many entries there are. Their contents are visible then. */
    int available() {
        return RawMemory.getIntVolatile(producer) - RawMemory.getInt(consumer);
    }

    /** For the consumer: gives all entries before {@code index} back to the producer. */
    void consumeUpTo(int index) {
        RawMemory.putIntRelease(consumer, index);
    }

    /** For the producer: the index of the next free entry. */
    int produced() {
        return RawMemory.getInt(producer);
    }

    /** For the producer: how many entries are free. */
    int free() {
        return size - (RawMemory.getInt(producer) - RawMemory.getIntVolatile(consumer));
    }

    /** For the producer: hands all entries before {@code index} to the consumer. */
    void produceUpTo(int index) {
        RawMemory.putIntRelease(producer, index);
    }

    /** The address of the entry of that index. */
    long entry(int index) {
        return entries + (long) (index & size - 1) * entryBytes;
    }

    /** Whether the kernel looks at the ring only after a system call. */
    boolean needsWakeup() {
        return (RawMemory.getIntVolatile(flags) & NEED_WAKEUP) != 0;
    }
}
