// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.memif;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.hotplug.Lease;
import io.hotbus.os.Errno;
import io.hotbus.os.LinuxException;
import io.hotbus.os.UnixSocketName;
import io.hotbus.os.UnixSockets;
import io.hotbus.pmd.Told;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A socket that servers listen on: a seat for each interface. A client that asks for an interface
 * whose port is not started, or whose device was lost, waits until the port starts. Under the
 * monitor of {@link Registry}, except {@link #close}.
 */
final class Listener {
    private static final Logger LOG = LoggerFactory.getLogger(Listener.class);
    /** The most clients that have not said yet what they want. */
    private static final int MOST_STRANGERS = 16;

    /** The place of one interface. */
    private static final class Seat {
        private final String device;
        private final MemifArgs args;
        /** Null if the device was lost. */
        private Endpoint endpoint;
        /** A client that waits for the endpoint; null if there is none. */
        private ServerConnection waiting;

        Seat(String device, MemifArgs args, Endpoint endpoint) {
            this.device = device;
            this.args = args;
            this.endpoint = endpoint;
        }
    }

    private final Registry registry;
    private final UnixSocketName name;
    private final int fd;
    private final Lease watch;
    private final Map<Integer, Seat> seats = new TreeMap<>(Integer::compareUnsigned);
    private final Deque<ServerConnection> strangers = new ArrayDeque<>();
    private final Told told = new Told();

    private Listener(Registry registry, UnixSocketName name, int fd) {
        this.registry = registry;
        this.name = name;
        this.fd = fd;
        this.watch = registry.platform().interrupts().watch(fd, this::accept);
    }

    /**
     * Listens on {@code name}.
     *
     * @throws DeviceException the name cannot be listened on; names {@code device}
     */
    static Listener open(Registry registry, UnixSocketName name, String device)
            throws DeviceException {
        try {
            return new Listener(registry, name, registry.sockets().listen(device, name));
        } catch (IOException e) {
            boolean taken = e instanceof LinuxException call && call.errno() == Errno.EADDRINUSE;
            throw new DeviceException("%s: cannot listen on %s: %s%s".formatted(device, name,
                    e.getMessage(), taken ? " (another process does: socket= names another)" : ""),
                    e);
        }
    }

    boolean isOn(UnixSocketName other) {
        return name.isSameAs(other);
    }

    boolean isEmpty() {
        return seats.isEmpty();
    }

    /**
     * Gives {@code endpoint} its seat, also one whose device was lost.
     *
     * @throws DeviceException another device has the seat
     */
    void seat(Endpoint endpoint) throws DeviceException {
        int id = endpoint.args().id();
        Seat seat = seats.get(id);
        if (seat != null && seat.endpoint != null) {
            throw new DeviceException("%s: %s is the server of id %s on %s already: id= is needed"
                    .formatted(endpoint, seat.endpoint, Integer.toUnsignedString(id), name));
        }
        Seat next = new Seat(endpoint.name(), endpoint.args(), endpoint);
        next.waiting = seat == null ? null : seat.waiting;
        seats.put(id, next);
    }

    /** Lets a client that waits connect, because {@code endpoint} is started. */
    void started(Endpoint endpoint) {
        Seat seat = seats.get(endpoint.args().id());
        ServerConnection client = seat.waiting;
        seat.waiting = null;
        if (client != null) {
            meet(client, seat);
        }
    }

    /** Makes a seat for a lost device, unless a device has it. */
    void keepSeat(String device, MemifArgs args) {
        seats.putIfAbsent(args.id(), new Seat(device, args, null));
    }

    /** Keeps the seat of {@code endpoint}, whose device is lost, and tells when a client comes. */
    void lost(Endpoint endpoint) {
        Seat seat = seats.get(endpoint.args().id());
        seat.endpoint = null;
        if (seat.waiting != null) {
            registry.plugged(seat.device);
        }
    }

    /** Ends the seat of {@code endpoint}, which is detached. */
    void leave(Endpoint endpoint) {
        end(seats.remove(endpoint.args().id()));
    }

    /** Ends the seats of a lost device; of all lost devices if {@code device} is null. */
    void forgetLost(String device) {
        seats.values().removeIf(seat -> {
            boolean lost = seat.endpoint == null && (device == null || device.equals(seat.device));
            if (lost) {
                end(seat);
            }
            return lost;
        });
    }

    private static void end(Seat seat) {
        if (seat.waiting != null) {
            seat.waiting.refuse("device is detached");
        }
    }

    /** Greets the clients that have come. On {@code interrupt}. */
    private void accept() {
        synchronized (registry) {
            try {
                for (int i = 0; i < UnixSockets.BACKLOG; i++) {
                    greet(registry.platform().sockets().accept(name.toString(), fd));
                }
            } catch (LinuxException e) {
                if (e.errno() != Errno.EAGAIN && told.isNew(e.getMessage())) {
                    LOG.warn("{}: {}", name, e.getMessage());
                }
            }
        }
    }

    private void greet(int client) {
        if (strangers.size() == MOST_STRANGERS) {
            strangers.getFirst().refuse("too many clients that do not say what they want");
        }
        ServerConnection stranger = new ServerConnection(registry, this,
                new Channel(registry.platform(), name.toString(), client));
        strangers.add(stranger);
        stranger.greet();
        stranger.watch();
    }

    /**
     * Finds the interface that a client asks for.
     *
     * @throws ProtocolException the client is refused
     */
    void asked(ServerConnection client) throws ProtocolException {
        Message.Init init = client.init();
        if (init.version() != Message.VERSION) {
            throw new ProtocolException("Incompatible memif version " + (init.version() >> 8)
                    + "." + (init.version() & 0xff));
        }
        Seat seat = seats.get(init.id());
        if (seat == null) {
            throw new ProtocolException("ID not found: " + Integer.toUnsignedString(init.id())
                    + " (there are: " + seats.keySet().stream().map(Integer::toUnsignedString)
                            .collect(Collectors.joining(", ")) + ")");
        }
        if (init.mode() != Message.MODE_ETHERNET) {
            throw new ProtocolException("Only ethernet mode supported");
        }
        if (!isKnown(seat.args.secret(), init.secret())) {
            throw new ProtocolException(
                    init.secret().isEmpty() ? "Secret required" : "Incorrect secret");
        }
        if (seat.waiting != null || seat.endpoint != null && seat.endpoint.isBusy()) {
            throw new ProtocolException("Already connected");
        }
        strangers.remove(client);
        meet(client, seat);
    }

    /** Without a secret, any client may connect, as in DPDK. */
    private static boolean isKnown(String secret, String given) {
        return secret.isEmpty() || MessageDigest.isEqual(secret.getBytes(StandardCharsets.UTF_8),
                given.getBytes(StandardCharsets.UTF_8));
    }

    private void meet(ServerConnection client, Seat seat) {
        told.clear();
        if (seat.endpoint != null && seat.endpoint.isReady()) {
            seat.endpoint.adopt(client);
            return;
        }
        seat.waiting = client;
        LOG.info("{}: '{}' waits for the port to start", seat.device, client.init().name());
        if (seat.endpoint == null) {
            registry.plugged(seat.device);
        }
    }

    /** Tells why a client was refused that has no endpoint. */
    void refused(ServerConnection client, String reason) {
        String who = client.init() == null ? "" : " '" + client.init().name() + "'";
        String sentence = name + ": refuses a client" + who + ": " + reason;
        if (told.isNew(sentence)) {
            LOG.warn("{}", sentence);
        } else {
            LOG.debug("{}", sentence);
        }
    }

    /** Forgets a connection that has ended. */
    void forget(ServerConnection client) {
        strangers.remove(client);
        for (Seat seat : seats.values()) {
            if (seat.waiting == client) {
                seat.waiting = null;
            }
        }
    }

    /** Stops listening. A control thread, without the monitor; no seat is left. */
    void close() {
        watch.close();
        synchronized (registry) {
            while (!strangers.isEmpty()) {
                strangers.getFirst().refuse("no device listens any more");
            }
        }
        registry.sockets().stopListening(name, fd);
    }
}
