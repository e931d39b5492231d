// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.tap;

import io.hotbus.eal.io.RawMemory;
import io.hotbus.os.Linux;
import io.hotbus.os.LinuxException;
import io.hotbus.os.PacketCalls;

/**
 * The memory by which a queue passes frames to {@link PacketCalls}. The queue's thread; control
 * threads create and free it.
 */
final class FrameBurst {
    /** The most frames of a call. */
    static final int FRAMES = 64;
    /** The most buffers of a call. */
    static final int BUFFERS = 480;
    private static final int NUMBERS_AT = 256;
    private static final int BUFFERS_AT = 512;
    private static final int BYTES = BUFFERS_AT + BUFFERS * PacketCalls.IOVEC;

    private final Linux linux;
    private final long length;
    private final long address;

    FrameBurst(Linux linux, String what) throws LinuxException {
        this.linux = linux;
        final long page = linux.pageSize();
        length = (BYTES + page - 1) / page * page;
        address = linux.mapAnonymous(what, length, page);
        RawMemory.putLong(address + PacketCalls.BURST_IOVECS, address + BUFFERS_AT);
        RawMemory.putLong(address + PacketCalls.BURST_FRAMES, address + NUMBERS_AT);
    }

    /** Sets buffer {@code index}: its address and its bytes. */
    void buffer(int index, long data, int bytes) {
        final long iovec = address + BUFFERS_AT + (long) index * PacketCalls.IOVEC;
        RawMemory.putLong(iovec, data);
        RawMemory.putLong(iovec + Long.BYTES, bytes);
    }

    /** The number of a frame: its buffers, its bytes, or a negative errno. */
    int frame(int index) {
        return RawMemory.getInt(address + NUMBERS_AT + (long) index * Integer.BYTES);
    }

    /** Sets the number of buffers of a frame to be written. */
    void frame(int index, int buffers) {
        RawMemory.putInt(address + NUMBERS_AT + (long) index * Integer.BYTES, buffers);
    }

    /** Reads up to {@code frames} frames into {@code buffers} buffers. */
    int read(PacketCalls calls, int fd, int frames, int buffers, int segments) {
        RawMemory.putInt(address + PacketCalls.BURST_COUNT, frames);
        RawMemory.putInt(address + PacketCalls.BURST_CAPACITY, buffers);
        RawMemory.putInt(address + PacketCalls.BURST_SEGMENTS, segments);
        return calls.readFrames(fd, address);
    }

    /** Writes {@code frames} frames. */
    int write(PacketCalls calls, int fd, int frames) {
        RawMemory.putInt(address + PacketCalls.BURST_COUNT, frames);
        return calls.writeFrames(fd, address);
    }

    /** Frees the memory. No thread may use it any more. */
    void free() {
        try {
            linux.unmap(address, length);
        } catch (LinuxException e) {
            throw new IllegalStateException(e);
        }
    }
}
