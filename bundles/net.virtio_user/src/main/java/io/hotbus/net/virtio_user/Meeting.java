// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.virtio_user;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.hotplug.Lease;
import io.hotbus.os.Errno;
import io.hotbus.os.LinuxException;
import io.hotbus.os.UnixSockets;
import io.hotbus.pmd.Told;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a device and its back end meet: listens, or dials as long as a back end is wanted. Keeps
 * the latest connection until it is taken. Under the monitor of {@link Meetings}, except {@link
 * #close}.
 */
final class Meeting {
    private static final Logger LOG = LoggerFactory.getLogger(Meeting.class);
    private static final Duration REDIAL = Duration.ofMillis(100);
    private static final int NONE = -1;

    private final Meetings meetings;
    private final String device;
    private final VirtioUserArgs args;
    private final UnixSockets sockets;
    private final Told told = new Told();
    /** The socket of a server; NONE for a client. */
    private final int listener;
    private final Lease looking;
    private BooleanSupplier wanted = () -> false;
    private Runnable found = () -> { };
    /** A connection that was not taken yet. */
    private int waiting = NONE;

    /**
     * Listens, if the device is a server.
     *
     * @throws DeviceException the path cannot be listened on
     */
    Meeting(Meetings meetings, String device, VirtioUserArgs args) throws DeviceException {
        this.meetings = meetings;
        this.device = device;
        this.args = args;
        Platform platform = meetings.platform();
        this.sockets = new UnixSockets(platform.linux(), platform.sockets(),
                UnixSockets.SOCK_STREAM);
        if (!args.server()) {
            listener = NONE;
            looking = platform.interrupts().every(REDIAL, this::look);
            return;
        }
        try {
            listener = sockets.listen(device, args.socket());
        } catch (IOException e) {
            boolean taken = e instanceof LinuxException call && call.errno() == Errno.EADDRINUSE;
            throw new DeviceException("%s: cannot listen on %s: %s%s".formatted(device,
                    args.socket(), e.getMessage(),
                    taken ? " (another process does: path= names another)" : ""), e);
        }
        looking = platform.interrupts().watch(listener, this::accept);
    }

    String device() {
        return device;
    }

    boolean isOf(VirtioUserArgs other) {
        return args.server() == other.server() && args.socket().equals(other.socket());
    }

    /** Sets when a back end is wanted, and what is called when one is there. */
    void expect(BooleanSupplier when, Runnable then) {
        wanted = when;
        found = then;
        told.clear();
    }

    /** Whether a connection waits. */
    boolean isThere() {
        return waiting != NONE;
    }

    /** Takes the connection that waits. A client whose device wants one dials. */
    Optional<Integer> take() {
        if (waiting == NONE && wanted.getAsBoolean()) {
            dial();
        }
        int taken = waiting;
        waiting = NONE;
        return taken == NONE ? Optional.empty() : Optional.of(taken);
    }

    /** Dials. On {@code interrupt}. */
    private void look() {
        synchronized (meetings) {
            if (waiting == NONE && wanted.getAsBoolean() && dial()) {
                found.run();
            }
        }
    }

    private boolean dial() {
        if (args.server()) {
            return false;
        }
        try {
            waiting = sockets.dial(device, args.socket());
            return true;
        } catch (LinuxException e) {
            if (e.errno() != Errno.EAGAIN) {
                tell("no back end on %s (%s): dials again".formatted(args.socket(),
                        e.getMessage()));
            }
            return false;
        }
    }

    /** Takes the connections of back ends: the latest one waits. On {@code interrupt}. */
    private void accept() {
        synchronized (meetings) {
            boolean came = false;
            try {
                for (int i = 0; i < UnixSockets.BACKLOG; i++) {
                    int fd = meetings.platform().sockets().accept(device, listener);
                    if (meetings.isFree(device)) {
                        // One that waited before may have gone since.
                        meetings.platform().linux().close(waiting);
                        waiting = fd;
                        came = true;
                    } else {
                        meetings.platform().linux().close(fd);
                        tell("has a back end, and hangs up on another one");
                    }
                }
            } catch (LinuxException e) {
                if (e.errno() != Errno.EAGAIN) {
                    tell(e.getMessage());
                }
            }
            if (came && wanted.getAsBoolean()) {
                found.run();
            }
        }
    }

    private void tell(String sentence) {
        if (told.isNew(sentence)) {
            LOG.warn("{}: {}", device, sentence);
        } else {
            LOG.debug("{}: {}", device, sentence);
        }
    }

    /** Ends the search. A control thread, without the monitor. */
    void close() {
        looking.close();
        meetings.platform().linux().close(waiting);
        if (args.server()) {
            sockets.stopListening(args.socket(), listener);
        }
    }
}
