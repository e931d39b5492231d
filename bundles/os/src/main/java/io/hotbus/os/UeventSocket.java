// SPDX-License-Identifier: Apache-2.0
package io.hotbus.os;

import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/**
 * A NETLINK_KOBJECT_UEVENT socket bound to the kernel's group alone. One thread at a time, except
 * for {@link #close}.
 */
@ProviderType
public interface UeventSocket extends AutoCloseable {
    /**
     * A datagram as received.
     *
     * @param bytes     its text, as the kernel or udev wrote it
     * @param truncated it was longer than the buffer
     * @param port      the sender's netlink port; 0 is the kernel
     * @param pid       process id in the sender's credentials; 0 is the kernel, -1 if it sent none
     * @param uid       user id in the sender's credentials; -1 if it sent none
     */
    record Datagram(byte[] bytes, boolean truncated, int port, int pid, int uid) {
        /** Whether the kernel itself sent it. */
        public boolean fromKernel() {
            return port == 0 && pid == 0 && uid == 0;
        }
    }

    /** Opens sockets. A service. */
    @ProviderType
    interface Factory {
        /** @param receiveBuffer bytes the kernel may queue */
        UeventSocket open(int receiveBuffer) throws LinuxException;
    }

    /** The descriptor, for {@link Linux#poll}. */
    int fd();

    /**
     * The next datagram; empty if there is none now.
     *
     * @throws LinuxException ENOBUFS: the kernel dropped messages; the socket goes on working
     */
    Optional<Datagram> receive() throws LinuxException;

    /** Closes the socket. Idempotent. */
    @Override
    void close();
}
