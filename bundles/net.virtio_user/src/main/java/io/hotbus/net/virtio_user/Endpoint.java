// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.virtio_user;

import io.hotbus.eal.bus.Device;
import io.hotbus.eal.hotplug.Lease;
import io.hotbus.eal.hotplug.RemovalCause;
import io.hotbus.pmd.Told;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The end of an attached device. While it is started, it has a session or waits for a back end.
 * Under the monitor of {@link Meetings}, except the calls of the device.
 */
final class Endpoint {
    private static final Logger LOG = LoggerFactory.getLogger(Endpoint.class);
    private static final Duration TICK = Duration.ofMillis(20);
    private static final Duration HANDSHAKE = Duration.ofSeconds(10);
    /** How long the back end may take to stop its rings. */
    private static final Duration STOP = Duration.ofSeconds(2);

    private final Meetings meetings;
    private final Meeting meeting;
    private final Device device;
    private final VirtioUserArgs args;
    private final SharedGround ground;
    private final Told told = new Told();
    /** Sessions whose sockets are not closed yet. Any thread. */
    private final List<Session> unreleased = new CopyOnWriteArrayList<>();
    private Runnable linkChange = () -> { };
    /** Finds out why the device cannot be used any more, if it cannot. */
    private Supplier<Optional<String>> check = Optional::empty;
    /** Null while the device is not started. */
    private Contract contract;
    /** Whether there was a back end, which may come back. */
    private boolean hadBackEnd;
    /** The present session; null if there is none. */
    private Session session;
    private long beganNanos;
    private Lease ticking = () -> { };

    Endpoint(Meetings meetings, Meeting meeting, Device device, VirtioUserArgs args,
            SharedGround ground) {
        this.meetings = meetings;
        this.meeting = meeting;
        this.device = device;
        this.args = args;
        this.ground = ground;
    }

    Meetings meetings() {
        return meetings;
    }

    String name() {
        return device.name();
    }

    /** Sets what is called when the link goes up or down, and what checks the started device. */
    void watch(Runnable change, Supplier<Optional<String>> next) {
        synchronized (meetings) {
            linkChange = change;
            check = next;
        }
    }

    /** Connects these rings, or waits for a back end. A control thread; stopped before. */
    void start(Contract next) {
        synchronized (meetings) {
            contract = next;
            told.clear();
            meeting.expect(this::isReady, this::meet);
            meet();
        }
        ticking = meetings.platform().interrupts().every(TICK, this::tick);
    }

    private boolean isReady() {
        return contract != null && session == null && !device.isGone();
    }

    /** Whether another back end would disturb. */
    boolean isBusy() {
        return session != null && !device.isGone();
    }

    private void meet() {
        if (!isReady()) {
            return;
        }
        meeting.take().ifPresent(fd -> {
            beganNanos = System.nanoTime();
            session = new Session(meetings.platform(), this, contract,
                    new VhostChannel(meetings.platform(), device.name(), fd));
            unreleased.add(session);
            session.begin();
        });
    }

    /**
     * Stops the rings at the back end, and ends the session. No thread is in a burst. A control
     * thread. Idempotent.
     */
    void stop() {
        synchronized (meetings) {
            ground.setConnected(false);
            contract = null;
            Session last = session;
            if (last != null) {
                last.stopRings();
                if (!awaitQuiet(last)) {
                    LOG.warn("{}: the back end has not stopped its queues within {} s, so it may "
                            + "still write to packets of the mempools that it has: end its process"
                            + " ({})", device, STOP.toSeconds(), args);
                }
                last.end("the port is stopped");
            }
        }
        ticking.close();
        unreleased.forEach(Session::release);
    }

    /** Notes that the socket of a session is closed. Any thread. */
    void released(Session which) {
        unreleased.remove(which);
    }

    private boolean awaitQuiet(Session last) {
        long end = System.nanoTime() + STOP.toNanos();
        boolean interrupted = false;
        while (!last.isQuiet()) {
            long left = end - System.nanoTime();
            if (left <= 0) {
                break;
            }
            try {
                meetings.wait(left / 1_000_000 + 1);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return last.isQuiet();
    }

    /** Whether the queues have a back end. Any thread. */
    boolean isConnected() {
        synchronized (meetings) {
            return session != null && session.isConnected();
        }
    }

    /** Whether the device was lost with its back end. */
    boolean isLost() {
        return device.isGone() && hadBackEnd;
    }

    /** Looks after the session. On {@code interrupt}. */
    private void tick() {
        Supplier<Optional<String>> look;
        synchronized (meetings) {
            if (contract == null || device.isGone()) {
                return;
            }
            if (session != null && !session.isConnected()
                    && System.nanoTime() - beganNanos > HANDSHAKE.toNanos()) {
                session.end("no answer for " + HANDSHAKE.toSeconds() + " s");
            }
            look = check;
        }
        look.get().ifPresent(useless -> {
            LOG.error("{}: is given up: {}", device, useless);
            meetings.platform().unplug().report(device, RemovalCause.RESET_FAILED);
        });
    }

    /** Notes that the session is complete. */
    void connected() {
        if (device.isGone()) {
            return;
        }
        told.clear();
        hadBackEnd = true;
        ground.setConnected(true);
        LOG.info("{}: connected ({})", device, args);
        tellLink();
    }

    /** Notes that the session has ended; {@code up}: packets could be exchanged. */
    void ended(Session which, boolean up, String reason) {
        if (which != session) {
            return;
        }
        ground.setConnected(false);
        session = null;
        if (contract == null) {
            return;
        }
        if (up) {
            LOG.info("{}: link is down: {} ({})", device, reason, args);
            tellLink();
        } else if (told.isNew(reason)) {
            LOG.warn("{}: no link: {} ({})", device, reason, args);
        }
    }

    /** Reports that the back end has gone. On {@code interrupt}, without the monitor. */
    void lost() {
        meetings.platform().unplug().report(device, RemovalCause.PEER_GONE);
    }

    /** Tells of the link, soon: the ports may not be called under the monitor. */
    private void tellLink() {
        meetings.platform().control().execute(this, linkChange);
    }

    @Override
    public String toString() {
        return device.name();
    }
}
