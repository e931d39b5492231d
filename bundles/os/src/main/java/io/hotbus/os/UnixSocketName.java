// SPDX-License-Identifier: Apache-2.0
package io.hotbus.os;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * The address of a Unix socket that a server listens on.
 *
 * @param name       a path, or any name if it is abstract; at most {@link #MAX_LENGTH} bytes
 * @param isAbstract whether the name is in the abstract namespace, where it ends with its process
 * @param uid        the owner of the path, or {@link #NO_OWNER} to leave it as it is
 * @param gid        the group of the path, or {@link #NO_OWNER}
 */
public record UnixSocketName(String name, boolean isAbstract, int uid, int gid) {
    /** No owner, or no group, is set. */
    public static final int NO_OWNER = -1;
    /** Bytes of {@code sun_path}, without the byte before an abstract name or after a path. */
    public static final int MAX_LENGTH = 107;

    /** The name of a file that belongs to the process that listens. */
    public static UnixSocketName path(String path) {
        return new UnixSocketName(path, false, NO_OWNER, NO_OWNER);
    }

    /** Whether so many bytes are possible. */
    public static boolean isPossible(String name) {
        int bytes = name.getBytes(StandardCharsets.UTF_8).length;
        return bytes > 0 && bytes <= MAX_LENGTH;
    }

    /** The {@code sockaddr_un}; an abstract name has no zero at its end, as in DPDK. */
    public ByteBuffer address() {
        final byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        final ByteBuffer address = ByteBuffer.allocate(Short.BYTES + 1 + bytes.length)
                .order(ByteOrder.nativeOrder()).putShort((short) UnixSockets.AF_UNIX);
        if (isAbstract) {
            address.put((byte) 0).put(bytes);
        } else {
            address.put(bytes).put((byte) 0);
        }
        return address.flip();
    }

    /** Whether both are one socket, whoever owns it. */
    public boolean isSameAs(UnixSocketName other) {
        return isAbstract == other.isAbstract && name.equals(other.name);
    }

    @Override
    public String toString() {
        return isAbstract ? "@" + name : name;
    }
}
