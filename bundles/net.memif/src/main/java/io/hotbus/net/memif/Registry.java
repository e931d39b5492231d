// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.memif;

import io.hotbus.bus.vdev.VdevBus;
import io.hotbus.eal.bus.Device;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.os.LinuxException;
import io.hotbus.os.UnixSocketName;
import io.hotbus.os.UnixSockets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The sockets of all devices, also of devices that were lost: while such a device is away, its
 * socket is watched, and the bus is told when a peer is there again. Control threads.
 *
 * <p>A device is lost when it counts as removed and had a peer.
 */
final class Registry {
    private final Platform platform;
    private final Supplier<VdevBus> bus;
    private final UnixSockets sockets;
    private final List<Listener> listeners = new ArrayList<>();
    private final Map<String, LostClient> lostClients = new HashMap<>();

    Registry(Platform platform, Supplier<VdevBus> bus) {
        this.platform = platform;
        this.bus = bus;
        this.sockets = new UnixSockets(platform.linux(), platform.sockets(),
                UnixSockets.SOCK_SEQPACKET);
    }

    UnixSockets sockets() {
        return sockets;
    }

    Platform platform() {
        return platform;
    }

    /**
     * Opens the end of {@code device}; a server listens from now on.
     *
     * @throws DeviceException the socket cannot be had; the message says why
     */
    Endpoint open(Device device, MemifArgs args) throws DeviceException {
        int dialled = forgetLost(device.name(), args);
        Endpoint endpoint = new Endpoint(this, device, args, dialled);
        if (args.server()) {
            onListener(device.name(), args, listener -> listener.seat(endpoint));
        }
        return endpoint;
    }

    /** What is done with a listener. */
    @FunctionalInterface
    private interface Use {
        void of(Listener listener) throws DeviceException;
    }

    /** Uses the listener of a server, and keeps it if it is new and that succeeds. */
    private synchronized void onListener(String device, MemifArgs args, Use use)
            throws DeviceException {
        Optional<Listener> present = listener(args.socket());
        Listener listener = present.isPresent() ? present.get()
                : Listener.open(this, args.socket(), device);
        use.of(listener);
        if (present.isEmpty()) {
            listeners.add(listener);
        }
    }

    /**
     * Waits for a peer of a device that was lost under another driver.
     *
     * @throws DeviceException the socket cannot be had; the message says why
     */
    void awaitPeer(String device, MemifArgs args) throws DeviceException {
        if (args.server()) {
            onListener(device, args, listener -> listener.keepSeat(device, args));
            return;
        }
        int unused = forgetLost(device, args);
        platform.linux().close(unused);
        synchronized (this) {
            lostClients.put(device, new LostClient(this, device, args.socket()));
        }
    }

    /**
     * Forgets where {@code device} was lost, unless it takes its seat there again. Returns a
     * client's connection to the server of {@code args}, if one was found meanwhile; otherwise -1.
     */
    private int forgetLost(String device, MemifArgs args) {
        LostClient client;
        List<Listener> unused;
        synchronized (this) {
            client = lostClients.remove(device);
            listeners.stream().filter(l -> !args.server() || !l.isOn(args.socket()))
                    .forEach(l -> l.forgetLost(device));
            unused = takeUnused();
        }
        unused.forEach(Listener::close);
        return client == null ? -1 : client.end(args.server() ? null : args.socket());
    }

    private List<Listener> takeUnused() {
        List<Listener> unused = new ArrayList<>();
        for (Iterator<Listener> all = listeners.iterator(); all.hasNext(); ) {
            Listener listener = all.next();
            if (listener.isEmpty()) {
                all.remove();
                unused.add(listener);
            }
        }
        return unused;
    }

    private Optional<Listener> listener(UnixSocketName name) {
        return listeners.stream().filter(listener -> listener.isOn(name)).findFirst();
    }

    /** Lets a waiting client connect. Under the monitor. */
    void started(Endpoint endpoint) {
        listener(endpoint.args().socket()).orElseThrow().started(endpoint);
    }

    /** Closes the end of a device, which is stopped. If the device is lost, waits for a peer. */
    void close(Endpoint endpoint) {
        List<Listener> unused;
        synchronized (this) {
            boolean lost = endpoint.isLost();
            endpoint.hangUp();
            if (endpoint.args().server()) {
                Listener listener = listener(endpoint.args().socket()).orElseThrow();
                if (lost) {
                    listener.lost(endpoint);
                } else {
                    listener.leave(endpoint);
                }
            } else if (lost) {
                lostClients.put(endpoint.name(), new LostClient(
                        this, endpoint.name(), endpoint.args().socket()));
            }
            unused = takeUnused();
        }
        unused.forEach(Listener::close);
    }

    /** Forgets all lost devices. */
    void closeAll() {
        List<LostClient> clients;
        List<Listener> unused;
        synchronized (this) {
            clients = List.copyOf(lostClients.values());
            lostClients.clear();
            listeners.forEach(listener -> listener.forgetLost(null));
            unused = takeUnused();
        }
        clients.forEach(LostClient::close);
        unused.forEach(Listener::close);
    }

    /** Tells the bus, soon, that the peer of a lost device is there again. */
    void plugged(String device) {
        platform.control().execute(this, () -> bus.get().plugged(device));
    }

    /**
     * Dials a server without waiting. Returns a socket that does not block.
     *
     * @throws LinuxException EAGAIN: the server is too busy; another: there is no server
     */
    int connect(String device, UnixSocketName name) throws LinuxException {
        return sockets.dial(device, name);
    }
}
