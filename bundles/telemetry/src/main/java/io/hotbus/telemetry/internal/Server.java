// SPDX-License-Identifier: Apache-2.0
package io.hotbus.telemetry.internal;

import io.hotbus.os.Errno;
import io.hotbus.os.Linux;
import io.hotbus.os.LinuxException;
import io.hotbus.os.Sockets;
import io.hotbus.os.UnixSockets;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves the clients of a socket on one thread, {@code telemetry}, in DPDK's protocol: the server
 * greets a client; then each message of the client is a request and has one reply.
 *
 * <p>No client can hold up another one, or a thread that forwards. The thread never waits for a
 * client: one that does not read its replies is disconnected. It serves each client once in a
 * round, and rests {@value #REST} times as long as the round took. There are at most {@value
 * #MAX_CLIENTS} clients, as in DPDK; beyond, a new one takes the place of one that was silent for a
 * minute, or is disconnected.
 */
final class Server implements AutoCloseable {
    /** The most clients. Source: DPDK {@code MAX_CONNECTIONS}. */
    static final int MAX_CLIENTS = 10;
    /** Bytes of a request; the rest of a longer one is dropped, as in DPDK. */
    static final int MAX_REQUEST = 1023;

    private static final Logger LOG = LoggerFactory.getLogger(Server.class);
    private static final String WHAT = "telemetry";
    private static final int NICENESS = 10;
    private static final int REST = 9;
    private static final long MAX_REST_MILLIS = 50;
    private static final long SILENT_NANOS = TimeUnit.MINUTES.toNanos(1);
    private static final long CLOSE_MILLIS = 5000;

    private static final class Client {
        final int fd;
        long heardNanos = System.nanoTime();

        Client(int fd) {
            this.fd = fd;
        }
    }

    private final Linux linux;
    private final Sockets sockets;
    private final SocketFile file;
    private final byte[] greeting;
    private final UnaryOperator<byte[]> answers;
    /** For the thread alone, until it has ended. */
    private final List<Client> clients = new ArrayList<>();
    private final int wake;
    private final Thread thread;
    private volatile boolean closing;

    /**
     * Starts to serve.
     *
     * @param file     the socket, which belongs to this object from now on
     * @param greeting the first message to each client
     * @param answers  the reply to a request
     * @throws LinuxException there are no descriptors left
     */
    Server(Linux linux, Sockets sockets, SocketFile file, byte[] greeting,
            UnaryOperator<byte[]> answers) throws LinuxException {
        this.linux = linux;
        this.sockets = sockets;
        this.file = file;
        this.greeting = greeting.clone();
        this.answers = answers;
        this.wake = linux.eventfd();
        this.thread = new Thread(this::run, WHAT);
        this.thread.setDaemon(true);
        this.thread.start();
    }

    private void run() {
        try {
            linux.nice(NICENESS);
        } catch (LinuxException e) {
            LOG.debug("telemetry: {}", e.getMessage());
        }
        try {
            while (!closing) {
                round();
            }
        } catch (LinuxException e) {
            LOG.error("telemetry: ended: {}", e.getMessage());
        }
    }

    /** Waits until a client wants something, and serves each client that does once. */
    private void round() throws LinuxException {
        final List<Client> present = List.copyOf(clients);
        final int[] fds = Stream.concat(Stream.of(wake, file.fd()),
                present.stream().map(client -> client.fd)).mapToInt(Integer::intValue).toArray();
        final Linux.Polled polled = linux.pollAll(-1, fds);
        final BitSet ready = polled.readable();
        ready.or(polled.notOpen()); // the next call on it says what is wrong
        if (closing || ready.isEmpty()) {
            return;
        }
        final long begin = System.nanoTime();
        for (int i = 0; i < present.size(); i++) {
            if (ready.get(i + 2)) {
                serve(present.get(i));
            }
        }
        for (int i = 0; ready.get(1) && i < UnixSockets.BACKLOG && accept(); i++) {
            LOG.trace("telemetry: {} clients", clients.size());
        }
        final long spent = TimeUnit.NANOSECONDS.toMillis(REST * (System.nanoTime() - begin));
        linux.poll((int) Math.max(1, Math.min(spent, MAX_REST_MILLIS)), wake);
    }

    private void serve(Client client) {
        final ByteBuffer request = ByteBuffer.allocate(MAX_REQUEST);
        try {
            if (linux.read(client.fd, request) == 0) {
                drop(client);
                return;
            }
            client.heardNanos = System.nanoTime();
            send(client.fd, answers.apply(Arrays.copyOf(request.array(), request.position())));
        } catch (LinuxException e) {
            if (e.errno() == Errno.EAGAIN) {
                LOG.debug("telemetry: a client that does not read its replies is disconnected");
            }
            drop(client);
        }
    }

    private void send(int fd, byte[] message) throws LinuxException {
        sockets.send(WHAT, fd, ByteBuffer.wrap(message), Sockets.MSG_DONTWAIT);
    }

    private void drop(Client client) {
        clients.remove(client);
        linux.close(client.fd);
    }

    /** Takes the next client. Returns whether there was one. */
    private boolean accept() {
        final int fd;
        try {
            fd = sockets.accept(WHAT, file.fd());
        } catch (LinuxException e) {
            if (e.errno() != Errno.EAGAIN) { // no descriptor is left, perhaps
                LOG.debug("telemetry: {}", e.getMessage());
            }
            return false;
        }
        if (clients.size() == MAX_CLIENTS) {
            clients.stream().filter(c -> System.nanoTime() - c.heardNanos > SILENT_NANOS)
                    .findFirst().ifPresent(this::drop);
        }
        if (clients.size() == MAX_CLIENTS) {
            linux.close(fd);
            return true;
        }
        final Client client = new Client(fd);
        clients.add(client);
        try {
            send(fd, greeting);
        } catch (LinuxException e) {
            drop(client);
        }
        return true;
    }

    /** Disconnects all clients and deletes the socket. Idempotent. */
    @Override
    public void close() {
        if (closing) {
            return;
        }
        closing = true;
        try {
            linux.signal(wake);
            thread.join(CLOSE_MILLIS);
        } catch (LinuxException e) {
            LOG.warn("telemetry: {}", e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        new UnixSockets(linux, sockets, UnixSockets.SOCK_SEQPACKET)
                .stopListening(file.name(), file.fd());
        if (thread.isAlive()) {
            LOG.warn("telemetry: a command hangs; its client stays connected");
            return; // the thread still uses the descriptors
        }
        clients.forEach(client -> linux.close(client.fd));
        linux.close(wake);
    }
}
