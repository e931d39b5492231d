// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.memif;

import io.hotbus.os.Errno;
import io.hotbus.os.Linux;
import io.hotbus.os.LinuxException;
import io.hotbus.os.Sockets;
import java.nio.ByteBuffer;
import java.util.Optional;

/** The messages on one connected socket. Under the monitor of {@link Registry}. Never waits. */
final class Channel {
    /**
     * A message with the descriptor that belongs to it.
     *
     * @param fd the descriptor, which belongs to the receiver; -1 if the message has none
     */
    record Received(Message message, int fd) {
    }

    private final Linux linux;
    private final Sockets sockets;
    private final String label;
    private final int fd;
    private boolean ended;

    /** {@code fd} is a socket that does not block; it is closed with this object. */
    Channel(Platform platform, String label, int fd) {
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

    /** Sends a message; if that fails, the connection has ended. */
    void send(Message message, int... fds) {
        if (ended) {
            return;
        }
        try {
            sockets.send(label, fd, message.bytes(), Sockets.MSG_DONTWAIT, fds);
        } catch (LinuxException e) {
            ended = true;
        }
    }

    /**
     * Returns the next message; empty if there is none now or the connection has ended.
     *
     * @throws ProtocolException the message is wrong; the descriptors that came with it are closed
     */
    Optional<Received> receive() throws ProtocolException {
        if (ended) {
            return Optional.empty();
        }
        ByteBuffer bytes = ByteBuffer.allocate(Message.BYTES);
        Sockets.Message received;
        try {
            received = receive(bytes);
        } catch (LinuxException e) {
            ended = e.errno() != Errno.EAGAIN;
            return Optional.empty();
        }
        boolean taken = false;
        try {
            if (received.bytes() == 0) {
                ended = true;
                return Optional.empty();
            }
            Message message = parse(bytes.flip(), received);
            taken = true;
            return Optional.of(new Received(message,
                    received.fds().isEmpty() ? -1 : received.fds().get(0)));
        } finally {
            if (!taken) {
                received.fds().forEach(linux::close);
            }
        }
    }

    /**
     * Receives a message. The first call after the peer has hung up without reading everything
     * fails; what the peer has sent before comes by the next.
     */
    private Sockets.Message receive(ByteBuffer into) throws LinuxException {
        try {
            return sockets.receive(label, fd, into, Sockets.MSG_DONTWAIT);
        } catch (LinuxException e) {
            if (e.errno() != Errno.ECONNRESET) {
                throw e;
            }
            return sockets.receive(label, fd, into, Sockets.MSG_DONTWAIT);
        }
    }

    private static Message parse(ByteBuffer bytes, Sockets.Message received)
            throws ProtocolException {
        if (received.truncated()) {
            throw new ProtocolException("Invalid message size: more than " + Message.BYTES);
        }
        Message message = Message.parse(bytes);
        int count = received.fds().size();
        if (count < message.descriptors()) {
            throw new ProtocolException("Missing descriptor in " + name(message));
        }
        if (count > message.descriptors()) {
            throw new ProtocolException("%s descriptors too many with %s"
                    .formatted(count - message.descriptors(), name(message)));
        }
        return message;
    }

    /** The kind of message, without its contents: they may hold a secret. */
    private static String name(Message message) {
        return message.getClass().getSimpleName();
    }

    /** Closes the socket. No thread uses the channel any more. */
    void close() {
        linux.close(fd);
    }
}
