// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.memif;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * The address of a server.
 *
 * @param name       a path, or any name if it is abstract
 * @param isAbstract whether the name is in the abstract namespace, where it ends with its process
 * @param uid        the owner of the path, or {@link #NO_OWNER} to leave it as it is
 * @param gid        the group of the path, or {@link #NO_OWNER}
 */
record SocketName(String name, boolean isAbstract, int uid, int gid) {
    static final int NO_OWNER = -1;
    /** Bytes of {@code sun_path}, without the byte before an abstract name or after a path. */
    static final int MAX_LENGTH = 107;
    static final int AF_UNIX = 1;

    /** The {@code sockaddr_un}; an abstract name has no zero at its end, as in DPDK. */
    ByteBuffer address() {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        ByteBuffer address = ByteBuffer.allocate(Short.BYTES + 1 + bytes.length)
                .order(ByteOrder.nativeOrder()).putShort((short) AF_UNIX);
        if (isAbstract) {
            address.put((byte) 0).put(bytes);
        } else {
            address.put(bytes).put((byte) 0);
        }
        return address.flip();
    }

    /** Whether both are one socket, whoever owns it. */
    boolean isSameAs(SocketName other) {
        return isAbstract == other.isAbstract && name.equals(other.name);
    }

    @Override
    public String toString() {
        return isAbstract ? "@" + name : name;
    }
}
