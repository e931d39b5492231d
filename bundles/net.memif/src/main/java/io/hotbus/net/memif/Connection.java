// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.memif;

import io.hotbus.eal.hotplug.Lease;
import io.hotbus.eal.hotplug.RemovalCause;
import io.hotbus.eal.io.Mmio;
import io.hotbus.net.memif.Channel.Received;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A connection from its first message to its end: the socket, and the memory and rings that are
 * agreed on there. Under the monitor of {@link Registry}, except {@link #release}.
 *
 * <p>A connection ends in two steps. {@link #end} takes the rings from the queues, under the
 * monitor; {@link #release} waits for the last bursts and unmaps the memory, without it.
 */
abstract class Connection {
    /** The name of this program in messages. */
    protected static final String PROGRAM = "hotbus";

    protected final Registry registry;
    protected final Platform platform;
    protected final Channel channel;
    /** Windows on the memory; they belong to the device. */
    protected final List<Mmio> windows = new ArrayList<>();
    /** Descriptors that this process holds for the connection. */
    protected final List<Integer> fds = new ArrayList<>();
    private final List<MemifQueue> queues = new ArrayList<>();
    private final List<Ring> rings = new ArrayList<>();
    private Lease watch;
    /** The device that the connection is for; null as long as that is not known. */
    private Endpoint endpoint;
    private boolean connected;
    private boolean ended;
    private boolean released;

    Connection(Registry registry, Channel channel) {
        this.registry = registry;
        this.platform = registry.platform();
        this.channel = channel;
    }

    /** Begins to listen to the peer. */
    final void watch() {
        watch = platform.interrupts().watch(channel.fd(), this::read);
    }

    /** Handles what the peer has sent. On {@code interrupt}, without the monitor. */
    private void read() {
        Optional<Endpoint> lost;
        synchronized (registry) {
            lost = ended ? Optional.empty() : receive();
        }
        lost.ifPresent(gone ->
                platform.unplug().report(gone.device(), RemovalCause.PEER_GONE));
    }

    /** Returns the endpoint whose peer has gone without a word. */
    private Optional<Endpoint> receive() {
        try {
            Optional<Received> next = channel.receive();
            while (next.isPresent()) {
                take(next.get());
                next = ended ? Optional.empty() : channel.receive();
            }
        } catch (ProtocolException e) {
            refuse(e.getMessage());
        }
        if (ended || !channel.isEnded()) {
            return Optional.empty();
        }
        Optional<Endpoint> lost = Optional.ofNullable(endpoint).filter(e -> connected);
        abandon(lost.isPresent() ? "the peer has gone" : "the peer has closed the connection");
        return lost;
    }

    private void take(Received received) throws ProtocolException {
        boolean kept = false;
        try {
            if (received.message() instanceof Message.Disconnect end) {
                abandon("the peer has disconnected: " + end.reason());
            } else {
                kept = handle(received.message(), received.fd());
            }
        } finally {
            if (!kept) {
                platform.linux().close(received.fd());
            }
        }
    }

    /**
     * Handles a message other than DISCONNECT.
     *
     * @return whether the connection keeps {@code fd}
     * @throws ProtocolException the message is not allowed now; its text is the reason
     */
    protected abstract boolean handle(Message message, int fd) throws ProtocolException;

    /** Throws because no such message may come now. */
    protected static ProtocolException unexpected(Message message) {
        return new ProtocolException(
                "Unexpected message " + message.getClass().getSimpleName());
    }

    /** Ends the connection and tells the peer why. */
    final void refuse(String reason) {
        if (!ended) {
            channel.send(new Message.Disconnect(reason));
            if (endpoint == null) {
                refused(reason);
            }
            abandon(reason);
        }
    }

    /** Notes that a connection that is for no device yet was refused. */
    protected void refused(String reason) {
    }

    /** Ends the connection and tells those who have it why. The memory is released soon. */
    protected void abandon(String reason) {
        boolean was = connected;
        if (end() && endpoint != null) {
            endpoint.disconnected(this, was, reason);
        }
        platform.control().execute(this, this::release);
    }

    protected final Optional<Endpoint> endpoint() {
        return Optional.ofNullable(endpoint);
    }

    protected final void setEndpoint(Endpoint which) {
        endpoint = which;
    }

    /** Gives a queue its ring when the connection is complete. */
    protected final void use(MemifQueue queue, Ring ring) {
        queues.add(queue);
        rings.add(ring);
    }

    /** Lets the queues use their rings from now on. */
    protected final void connect(String peer) {
        connected = true;
        for (int i = 0; i < queues.size(); i++) {
            queues.get(i).connect(rings.get(i));
        }
        endpoint.connected(this, peer);
    }

    final boolean isConnected() {
        return connected && !ended;
    }

    /** Something that the peer did and that cannot be; empty also if the memory is gone. */
    final Optional<String> lie() {
        for (Ring ring : rings) {
            Optional<Lie> lie = ring.lie();
            if (lie.isPresent()) {
                return ring.place().isReplaced(platform.linux()) ? Optional.empty()
                        : Optional.of(ring + " " + lie.get());
            }
        }
        return Optional.empty();
    }

    /** Takes the rings from the queues. Returns false if that was done before. */
    final boolean end() {
        boolean first = !ended;
        ended = true;
        queues.forEach(MemifQueue::disconnect);
        return first;
    }

    /** Releases everything, after {@link #end}. A control thread, no monitor. Idempotent. */
    final void release() {
        synchronized (windows) {
            if (released) {
                return;
            }
            released = true;
            watch.close();
            queues.forEach(MemifQueue::awaitBurst);
            windows.forEach(window ->
                    platform.mapper().release(endpoint.device().windows(), window));
            fds.forEach(platform.linux()::close);
            channel.close();
        }
        endpoint().ifPresent(which -> which.released(this));
    }
}
