// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.memif;

import io.hotbus.eal.bus.Device;
import io.hotbus.eal.hotplug.Lease;
import io.hotbus.os.Errno;
import io.hotbus.os.LinuxException;
import io.hotbus.pmd.Told;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One end of an interface: that of an attached device. While it is started, it has a connection or
 * waits for one; a client dials until there is a server. Under the monitor of {@link Registry},
 * except the calls of the device.
 */
final class Endpoint {
    private static final Logger LOG = LoggerFactory.getLogger(Endpoint.class);
    private static final Duration TICK = Duration.ofMillis(20);
    static final Duration REDIAL = Duration.ofMillis(100);
    private static final Duration HANDSHAKE = Duration.ofSeconds(10);

    private final Registry registry;
    private final Device device;
    private final MemifArgs args;
    private final Told told = new Told();
    /** Connections whose memory is not released yet. Any thread. */
    private final List<Connection> unreleased = new CopyOnWriteArrayList<>();
    private Runnable linkChange = () -> { };
    private List<MemifRxQueue> rx = List.of();
    private List<MemifTxQueue> tx = List.of();
    private boolean started;
    /** Whether there was a peer, which may come back. */
    private boolean hadPeer;
    /** The present connection; null if there is none. */
    private Connection connection;
    private long beganNanos;
    /** A connection to the server that is not used yet; -1 if there is none. */
    private int dialled;
    private Lease ticking = () -> { };

    /** @param dialled a connection to the server that is there already; -1 if there is none */
    Endpoint(Registry registry, Device device, MemifArgs args, int dialled) {
        this.registry = registry;
        this.device = device;
        this.args = args;
        this.dialled = dialled;
    }

    Device device() {
        return device;
    }

    String name() {
        return device.name();
    }

    MemifArgs args() {
        return args;
    }

    List<MemifRxQueue> rx() {
        return rx;
    }

    List<MemifTxQueue> tx() {
        return tx;
    }

    /** Sets what is called when the link goes up or down. */
    void onLinkChange(Runnable action) {
        synchronized (registry) {
            linkChange = action;
        }
    }

    /** Connects these queues, or waits for a peer. A control thread; stopped before. */
    void start(List<MemifRxQueue> receive, List<MemifTxQueue> send) {
        synchronized (registry) {
            rx = List.copyOf(receive);
            tx = List.copyOf(send);
            started = true;
            told.clear();
            if (args.server()) {
                registry.started(this);
            } else {
                dial();
            }
        }
        ticking = registry.platform().interrupts().every(TICK, this::tick);
    }

    /** Ends the connection. No thread is in a burst. A control thread. Idempotent. */
    void stop() {
        synchronized (registry) {
            started = false;
            if (connection != null) {
                connection.refuse("port is stopped");
            }
        }
        ticking.close();
        unreleased.forEach(Connection::release);
    }

    /** Whether the queues have a peer. Any thread. */
    boolean isConnected() {
        synchronized (registry) {
            return connection != null && connection.isConnected();
        }
    }

    /** Whether the device was lost with its peer: it is to be attached again with the next one. */
    boolean isLost() {
        return device.isGone() && hadPeer;
    }

    /** Whether a connection can be taken. */
    boolean isReady() {
        return started && connection == null && !device.isGone();
    }

    /** Whether a connection is there, which another client would disturb. */
    boolean isBusy() {
        return connection != null && !device.isGone();
    }

    /** Looks after the connection. On {@code interrupt}. */
    private void tick() {
        synchronized (registry) {
            if (!started || device.isGone()) {
                return;
            }
            long nanos = System.nanoTime() - beganNanos;
            if (connection == null) {
                if (!args.server() && nanos > REDIAL.toNanos()) {
                    dial();
                }
                return;
            }
            Optional<String> lie = connection.lie();
            if (lie.isPresent()) {
                LOG.warn("{}: the peer breaks the rules of its memory: {}", device, lie.get());
                connection.refuse(lie.get());
            } else if (!connection.isConnected() && nanos > HANDSHAKE.toNanos()) {
                connection.refuse("no answer for " + HANDSHAKE.toSeconds() + " s");
            }
        }
    }

    private void dial() {
        beganNanos = System.nanoTime();
        try {
            int fd = dialled >= 0 ? dialled : registry.connect(device.name(), args.socket());
            dialled = -1;
            ClientConnection next = new ClientConnection(registry, this,
                    new Channel(registry.platform(), device.name(), fd));
            hold(next);
            next.watch();
        } catch (LinuxException e) {
            if (e.errno() != Errno.EAGAIN) {
                tell("no server on " + args.socket() + " (" + e.getMessage() + "): dials again");
            }
        }
    }

    /** Ends a connection that was never used. */
    void hangUp() {
        registry.platform().linux().close(dialled);
        dialled = -1;
    }

    /** Takes the connection of a client that has asked for this interface. */
    void adopt(ServerConnection client) {
        beganNanos = System.nanoTime();
        hold(client);
        client.accept(this);
    }

    private void hold(Connection next) {
        connection = next;
        unreleased.add(next);
    }

    /** Notes that the connection is complete. */
    void connected(Connection which, String peer) {
        if (device.isGone()) {
            which.refuse("device is gone");
            return;
        }
        told.clear();
        hadPeer = true;
        LOG.info("{}: connected to {} ({})", device, peer, args);
        tellLink();
    }

    /** Notes that the connection has ended; {@code up}: the link was up. */
    void disconnected(Connection which, boolean up, String reason) {
        if (which != connection) {
            return;
        }
        connection = null;
        beganNanos = System.nanoTime();
        if (!started) {
            return;
        }
        if (up) {
            LOG.info("{}: link is down: {}", device, reason);
            tellLink();
        } else {
            tell("no link: " + reason);
        }
    }

    /** Tells of the link, soon: the ports may not be called under the monitor. */
    private void tellLink() {
        registry.platform().control().execute(this, linkChange);
    }

    /** Notes that the memory of a connection is released. Any thread. */
    void released(Connection which) {
        unreleased.remove(which);
    }

    /** Logs a warning, once until the next connection. */
    void warn(String sentence) {
        tell(sentence);
    }

    private void tell(String sentence) {
        if (told.isNew(sentence)) {
            LOG.warn("{}: {} ({})", device, sentence, args);
        } else {
            LOG.debug("{}: {} ({})", device, sentence, args);
        }
    }

    @Override
    public String toString() {
        return device.name();
    }
}
