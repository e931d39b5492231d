// SPDX-License-Identifier: Apache-2.0
package io.hotbus.os;

import java.nio.ByteBuffer;
import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Sockets of Linux that Java does not have: packet sockets, AF_XDP, netlink, and Unix sockets that
 * pass descriptors. A service. Any thread. Numbers of domains, types, levels and options, and the
 * layouts of addresses and options, are those of the kernel's headers.
 *
 * <p>A buffer may be on the heap or direct; what remains of it is passed, and its byte order does
 * not matter. All descriptors are close-on-exec; {@link Linux#close} closes them. A call that fails
 * throws a {@link LinuxException} that names the call, its subject and the errno. No call is for
 * the data path: each of them allocates.
 */
@ProviderType
public interface Sockets {
    /** Do not wait: EAGAIN if the call would. */
    int MSG_DONTWAIT = 0x40;

    /**
     * A message with the descriptors that came with it.
     *
     * @param bytes what was received; 0 if the peer closed the connection
     * @param fds descriptors, close-on-exec, which now belong to the caller
     * @param truncated the message, or its list of descriptors, was longer than there was room for
     */
    record Message(int bytes, List<Integer> fds, boolean truncated) {
    }

    /** socket(2). Returns the descriptor. {@code what} is for messages. */
    int open(String what, int domain, int type, int protocol) throws LinuxException;

    /** bind(2) to a {@code sockaddr}. */
    void bind(String what, int fd, ByteBuffer address) throws LinuxException;

    /** connect(2) to a {@code sockaddr}. */
    void connect(String what, int fd, ByteBuffer address) throws LinuxException;

    /** listen(2). */
    void listen(String what, int fd, int backlog) throws LinuxException;

    /** accept4(2). Returns a descriptor, which does not block if {@code fd} does not. */
    int accept(String what, int fd) throws LinuxException;

    /** setsockopt(2). */
    void setOption(String what, int fd, int level, int option, ByteBuffer value)
            throws LinuxException;

    /** setsockopt(2) with an {@code int}. */
    void setOption(String what, int fd, int level, int option, int value) throws LinuxException;

    /** getsockopt(2) into {@code value}. Returns the length of the option, in bytes. */
    int getOption(String what, int fd, int level, int option, ByteBuffer value)
            throws LinuxException;

    /** getsockopt(2) of an {@code int}. */
    int getOption(String what, int fd, int level, int option) throws LinuxException;

    /** getsockname(2) into {@code address}. Returns the length of the address, in bytes. */
    int name(String what, int fd, ByteBuffer address) throws LinuxException;

    /**
     * Sends {@code bytes}, with {@code fds} beside them if there are any. Never raises SIGPIPE.
     *
     * @param flags {@link #MSG_DONTWAIT} or 0
     * @return how many bytes were sent; {@code bytes} is advanced by as many
     */
    int send(String what, int fd, ByteBuffer bytes, int flags, int... fds) throws LinuxException;

    /**
     * Receives into {@code into}, which is advanced by what was received.
     *
     * @param flags {@link #MSG_DONTWAIT} or 0
     */
    Message receive(String what, int fd, ByteBuffer into, int flags) throws LinuxException;
}
