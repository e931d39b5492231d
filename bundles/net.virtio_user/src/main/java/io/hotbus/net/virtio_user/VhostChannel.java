// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.virtio_user;

import io.hotbus.os.Errno;
import io.hotbus.os.Linux;
import io.hotbus.os.LinuxException;
import io.hotbus.os.Sockets;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/** The messages on one connected socket. Under the monitor of {@link Meetings}. Never waits. */
final class VhostChannel {
    /**
     * A reply.
     *
     * @param request the number of the request
     * @param payload of {@link VhostMessage#MOST_PAYLOAD} bytes at most
     */
    record Reply(int request, ByteBuffer payload) {
    }

    private final Linux linux;
    private final Sockets sockets;
    private final String label;
    private final int fd;
    private final ByteBuffer received =
            ByteBuffer.allocate(VhostMessage.HEADER + VhostMessage.MOST_PAYLOAD)
                    .order(ByteOrder.nativeOrder());
    private boolean ended;

    /** {@code fd} is a socket that does not block; it is closed with this object. */
    VhostChannel(Platform platform, String label, int fd) {
        this.linux = platform.linux();
        this.sockets = platform.sockets();
        this.label = label;
        this.fd = fd;
    }

    int fd() {
        return fd;
    }

    /** Whether the peer closed the connection, or the connection failed. */
    boolean isEnded() {
        return ended;
    }

    /**
     * Sends a message. If that fails, or the peer does not read its messages, the connection has
     * ended.
     */
    void send(VhostMessage message, boolean needReply) {
        if (ended) {
            return;
        }
        try {
            ByteBuffer bytes = message.bytes(needReply);
            sockets.send(label, fd, bytes, Sockets.MSG_DONTWAIT, message.fds());
            ended = bytes.hasRemaining();
        } catch (LinuxException e) {
            ended = true;
        }
    }

    /**
     * Returns the next reply; empty if it is not there yet or the connection has ended.
     *
     * @throws ProtocolException what came is no reply
     */
    Optional<Reply> receive() throws ProtocolException {
        while (!ended) {
            int missing = missing();
            if (missing == 0) {
                received.flip();
                int request = received.getInt();
                ByteBuffer payload = ByteBuffer.allocate(received.position(VhostMessage.HEADER)
                        .remaining()).order(ByteOrder.nativeOrder()).put(received).flip();
                received.clear();
                return Optional.of(new Reply(request, payload));
            }
            if (!read(missing)) {
                return Optional.empty();
            }
        }
        return Optional.empty();
    }

    /** How many bytes of the reply have not come yet, as far as is known. */
    private int missing() throws ProtocolException {
        if (received.position() < VhostMessage.HEADER) {
            return VhostMessage.HEADER - received.position();
        }
        int flags = received.getInt(Integer.BYTES);
        int length = received.getInt(2 * Integer.BYTES);
        if ((flags & VhostMessage.VERSION_MASK) != VhostMessage.VERSION
                || (flags & VhostMessage.REPLY) == 0) {
            throw new ProtocolException("has sent flags %#x, which are not those of a reply"
                    .formatted(flags));
        }
        if (length < 0 || length > VhostMessage.MOST_PAYLOAD) {
            throw new ProtocolException("has sent a reply of %s bytes"
                    .formatted(Integer.toUnsignedString(length)));
        }
        return VhostMessage.HEADER + length - received.position();
    }

    /** Reads at most so many bytes. Returns whether something came. */
    private boolean read(int most) throws ProtocolException {
        received.limit(received.position() + most);
        try {
            Sockets.Message part = sockets.receive(label, fd, received, Sockets.MSG_DONTWAIT);
            part.fds().forEach(linux::close);
            if (!part.fds().isEmpty()) {
                throw new ProtocolException("has sent descriptors, which were not asked for");
            }
            ended = part.bytes() == 0;
            return !ended;
        } catch (LinuxException e) {
            ended = e.errno() != Errno.EAGAIN;
            return false;
        } finally {
            received.limit(received.capacity());
        }
    }

    /** Closes the socket. No thread uses the channel any more. */
    void close() {
        linux.close(fd);
    }
}
