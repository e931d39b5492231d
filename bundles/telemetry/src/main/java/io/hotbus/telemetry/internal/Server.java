// SPDX-License-Identifier: Apache-2.0
package io.hotbus.telemetry.internal;

import io.hotbus.os.Errno;
import io.hotbus.os.Linux;
import io.hotbus.os.LinuxException;
import io.hotbus.os.Sockets;
import io.hotbus.os.UnixSocketName;
import io.hotbus.os.UnixSockets;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves the clients of its sockets on one thread, {@code telemetry}: it greets a client; then each
 * message of the client is a request.
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

    /**
     * A socket that clients dial.
     *
     * @param file         the socket
     * @param greeting     the first message to each client; none if it is empty
     * @param conversation what follows
     */
    record Entrance(SocketFile file, byte[] greeting, Conversation conversation) {
    }

    private static final class Client {
        final int fd;
        final Conversation conversation;
        long heardNanos = System.nanoTime();

        Client(int fd, Conversation conversation) {
            this.fd = fd;
            this.conversation = conversation;
        }
    }

    private final Linux linux;
    private final Sockets sockets;
    private final UnixSockets unix;
    private final List<Entrance> entrances;
    /** For the thread alone, until it has ended. */
    private final List<Client> clients = new ArrayList<>();
    private final int wake;
    private final Thread thread;
    private volatile boolean closing;

    /**
     * Starts to serve.
     *
     * @param entrances the sockets, which belong to this object from now on
     * @throws LinuxException there are no descriptors left
     */
    Server(Linux linux, Sockets sockets, List<Entrance> entrances) throws LinuxException {
        this.linux = linux;
        this.sockets = sockets;
        this.unix = new UnixSockets(linux, sockets, UnixSockets.SOCK_SEQPACKET);
        this.entrances = List.copyOf(entrances);
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
        final int first = 1 + entrances.size();
        final int[] fds = new int[first + present.size()];
        Arrays.setAll(fds, i -> i == 0 ? wake : i < first ? entrances.get(i - 1).file().fd()
                : present.get(i - first).fd);
        final Linux.Polled polled = linux.pollAll(-1, fds);
        final BitSet ready = polled.readable();
        ready.or(polled.notOpen()); // the next call on it says what is wrong
        if (closing || ready.isEmpty()) {
            return;
        }
        final long begin = System.nanoTime();
        for (int i = 0; i < present.size(); i++) {
            if (ready.get(i + first)) {
                serve(present.get(i));
            }
        }
        for (int i = 1; i < first; i++) {
            if (ready.get(i)) {
                accept(entrances.get(i - 1));
            }
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
            final Conversation.Step step = client.conversation.next(
                    Arrays.copyOf(request.array(), request.position()));
            if (step.reply().isPresent()) {
                send(client.fd, step.reply().get());
            }
            if (step.end()) {
                drop(client);
            }
            if (step.dial().isPresent()) {
                dial(step.dial().get(), step.then());
            }
        } catch (LinuxException e) {
            if (e.errno() == Errno.EAGAIN) {
                LOG.debug("telemetry: a client that does not read its replies is disconnected");
            }
            drop(client);
        } catch (RuntimeException e) {
            LOG.warn("telemetry: a request failed, its client is disconnected", e);
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

    private void dial(String path, Conversation conversation) {
        if (clients.size() < MAX_CLIENTS) {
            try {
                clients.add(new Client(
                        unix.dial(WHAT, UnixSocketName.path(path)), conversation));
            } catch (LinuxException e) {
                LOG.debug("telemetry: a client that asked to be dialled: {}", e.getMessage());
            }
        }
    }

    /** Takes the clients that wait. */
    private void accept(Entrance entrance) {
        try {
            for (int i = 0; i < UnixSockets.BACKLOG; i++) {
                greet(sockets.accept(WHAT, entrance.file().fd()), entrance);
            }
        } catch (LinuxException e) {
            if (e.errno() != Errno.EAGAIN) { // no descriptor is left, perhaps
                LOG.debug("telemetry: {}", e.getMessage());
            }
        }
    }

    private void greet(int fd, Entrance entrance) {
        if (clients.size() == MAX_CLIENTS) {
            clients.stream().filter(c -> System.nanoTime() - c.heardNanos > SILENT_NANOS)
                    .findFirst().ifPresent(this::drop);
        }
        if (clients.size() == MAX_CLIENTS) {
            linux.close(fd);
            return;
        }
        final Client client = new Client(fd, entrance.conversation());
        clients.add(client);
        try {
            if (entrance.greeting().length > 0) {
                send(fd, entrance.greeting());
            }
        } catch (LinuxException e) {
            drop(client);
        }
    }

    /** Disconnects all clients and deletes the sockets. Idempotent. */
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
        entrances.forEach(e -> unix.stopListening(e.file().name(), e.file().fd()));
        if (thread.isAlive()) {
            LOG.warn("telemetry: a command hangs; its client stays connected");
            return; // the thread still uses the descriptors
        }
        clients.forEach(client -> linux.close(client.fd));
        linux.close(wake);
    }
}
