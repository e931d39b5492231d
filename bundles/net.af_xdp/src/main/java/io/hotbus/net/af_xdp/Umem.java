// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.af_xdp;

import io.hotbus.eal.mem.DmaAllocator;
import io.hotbus.eal.mem.DmaMemory;
import java.io.IOException;

/**
 * The frames of one socket: chunks of equal size in one piece of memory. The kernel names a frame
 * by its offset. A socket's receive frames come first, its transmit frames after them.
 *
 * @param memory    the memory
 * @param rxFrames  frames that the kernel receives into
 * @param txFrames  frames that this process sends from
 */
record Umem(DmaMemory memory, int rxFrames, int txFrames) implements AutoCloseable {
    /** Bytes of a frame: a page, which every driver accepts. */
    static final int CHUNK = 4096;
    /** The bytes that the kernel keeps at the start of a frame that it receives into. */
    static final int HEADROOM = 256;

    static Umem allocate(DmaAllocator allocator, String name, int rxFrames, int txFrames)
            throws IOException {
        DmaMemory memory =
                allocator.allocate(name + " frames", (long) (rxFrames + txFrames) * CHUNK);
        return new Umem(memory, rxFrames, txFrames);
    }

    /** The address of the byte at {@code offset}. */
    long address(long offset) {
        return memory.address() + offset;
    }

    /** Bytes that the kernel may use. */
    long length() {
        return (long) (rxFrames + txFrames) * CHUNK;
    }

    /** The offset of a frame. */
    static long frame(int number) {
        return (long) number * CHUNK;
    }

    /** The offset of the frame that has the byte at {@code offset}. */
    static long frameOf(long offset) {
        return offset & -CHUNK;
    }

    @Override
    public void close() {
        memory.close();
    }
}
