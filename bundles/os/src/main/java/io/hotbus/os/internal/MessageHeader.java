// SPDX-License-Identifier: Apache-2.0
package io.hotbus.os.internal;

import static io.hotbus.os.internal.LibC.C;

import java.nio.ByteBuffer;
import java.util.stream.IntStream;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;

/**
 * A {@code msghdr} with one buffer and room for descriptors (SCM_RIGHTS), in memory of its own. The
 * layout is that of every 64-bit Linux.
 */
final class MessageHeader {
    /** The most descriptors that the kernel passes with one message (SCM_MAX_FD). */
    static final int MAX_FDS = 253;

    private static final int HEADER_BYTES = 56;
    private static final int IOV = 16;
    private static final int IOV_COUNT = 24;
    private static final int CONTROL = 32;
    private static final int CONTROL_LENGTH = 40;
    private static final int FLAGS = 48;
    private static final int IOV_BYTES = 16;
    private static final int CONTROL_HEADER_BYTES = 16;
    private static final int CONTROL_LEVEL = 8;
    private static final int CONTROL_TYPE = 12;
    private static final int SOL_SOCKET = 1;
    private static final int SCM_RIGHTS = 1;
    private static final int MSG_TRUNC = 0x20;
    private static final int MSG_CTRUNC = 0x8;

    private final Pointer header;
    private final Pointer control;
    private final Pointer bytes;

    MessageHeader(int length, int fds) {
        header = allocate(HEADER_BYTES);
        bytes = allocate(Math.max(1, length));
        control = allocate(CONTROL_HEADER_BYTES + align(Math.max(1, fds) * Integer.BYTES));
        final Pointer iov = allocate(IOV_BYTES);
        iov.putAddress(0, bytes.address());
        iov.putLong(Long.BYTES, length);
        header.putPointer(IOV, iov);
        header.putLong(IOV_COUNT, 1);
        if (fds > 0) {
            header.putPointer(CONTROL, control);
            header.putLong(CONTROL_LENGTH,
                    CONTROL_HEADER_BYTES + align(fds * Integer.BYTES));
        }
    }

    private static Pointer allocate(int bytes) {
        final Pointer memory = Memory.allocateDirect(Runtime.getRuntime(C), bytes, true);
        return memory;
    }

    private static int align(int bytes) {
        return (bytes + Long.BYTES - 1) / Long.BYTES * Long.BYTES;
    }

    Pointer pointer() {
        return header;
    }

    void put(ByteBuffer from) {
        final byte[] copy = new byte[from.remaining()];
        from.get(copy);
        bytes.put(0, copy, 0, copy.length);
    }

    void get(ByteBuffer into, int length) {
        final byte[] copy = new byte[Math.min(length, into.remaining())];
        bytes.get(0, copy, 0, copy.length);
        into.put(copy);
    }

    void putFds(int... fds) {
        if (fds.length > 0) {
            control.putLong(0, CONTROL_HEADER_BYTES + (long) fds.length * Integer.BYTES);
            control.putInt(CONTROL_LEVEL, SOL_SOCKET);
            control.putInt(CONTROL_TYPE, SCM_RIGHTS);
            control.put(CONTROL_HEADER_BYTES, fds, 0, fds.length);
        }
    }

    /** The descriptors that the kernel put beside the message. */
    IntStream fds() {
        final boolean present = header.getLong(CONTROL_LENGTH) >= CONTROL_HEADER_BYTES
                && control.getInt(CONTROL_LEVEL) == SOL_SOCKET
                && control.getInt(CONTROL_TYPE) == SCM_RIGHTS;
        final int count = present
                ? (int) (control.getLong(0) - CONTROL_HEADER_BYTES) / Integer.BYTES : 0;
        final int[] fds = new int[count];
        control.get(CONTROL_HEADER_BYTES, fds, 0, count);
        return IntStream.of(fds);
    }

    boolean truncated() {
        return (header.getInt(FLAGS) & (MSG_TRUNC | MSG_CTRUNC)) != 0;
    }
}
