// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.memif;

import io.hotbus.eal.io.RawMemory;
import io.hotbus.os.Linux;
import io.hotbus.os.LinuxException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Where a ring is, in memory and in the file that both processes have mapped.
 *
 * @param s2m        the direction: from the client to the server, or back
 * @param own        whether this side made the memory, so that buffers are where it put them
 * @param address    the address of the ring
 * @param size       slots, a power of two
 * @param file       the file, and where the ring is in it
 * @param buffers    for a ring of its own: the address of the first buffer
 * @param bufferSize for a ring of its own: bytes in a buffer
 */
record RingPlace(boolean s2m, boolean own, long address, int size, File file, long buffers,
        int bufferSize) {
    static final int COOKIE = 0x3E31F20;
    static final int HEADER_BYTES = 128;
    static final int DESCRIPTOR_BYTES = 16;
    static final int MAX_LOG2_SIZE = 14;

    /** A place in a file: its descriptor, and an offset in bytes. */
    record File(int fd, long offset) {
    }

    /** Bytes of a ring with its descriptors. */
    static long bytes(int log2Size) {
        return HEADER_BYTES + ((long) DESCRIPTOR_BYTES << log2Size);
    }

    /** The address of a descriptor. */
    long descriptor(int slot) {
        return address + HEADER_BYTES + (long) slot * DESCRIPTOR_BYTES;
    }

    /** Writes an empty ring with all its descriptors. The client, before the server knows it. */
    void initialise(long firstBufferOffset) {
        RawMemory.fill(address, HEADER_BYTES, (byte) 0);
        for (int slot = 0; slot < size; slot++) {
            RawMemory.putLong(descriptor(slot), (long) bufferSize << Integer.SIZE);
            RawMemory.putLong(descriptor(slot) + Long.BYTES,
                    firstBufferOffset + (long) slot * bufferSize);
        }
        RawMemory.putIntRelease(address, COOKIE);
    }

    /** Whether the memory holds a ring. */
    boolean holdsRing() {
        return RawMemory.getIntVolatile(address) == COOKIE;
    }

    /**
     * Whether the memory is not the file any more: the file was made shorter, and the fault was
     * repaired. The device is gone then, and what the memory holds is no lie of the peer.
     */
    boolean isReplaced(Linux linux) {
        if (holdsRing()) {
            return false;
        }
        ByteBuffer cookie = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        try {
            linux.read(file.fd(), cookie, file.offset());
        } catch (LinuxException e) {
            return true;
        }
        return cookie.hasRemaining() || cookie.getInt(0) == COOKIE;
    }

    @Override
    public String toString() {
        return s2m ? "ring S2M" : "ring M2S";
    }
}
