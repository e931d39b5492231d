// SPDX-License-Identifier: Apache-2.0
package io.hotbus.systemd;

import io.hotbus.eal.thread.ControlThread;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortRegistry;
import io.hotbus.os.LinuxException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Each second a task on the thread {@code control}, which tells systemd that this thread lives, and
 * the states of the ports if they have changed. While {@code control} runs no tasks, systemd hears
 * nothing. A listener that hangs is left to a thread of its own, and does not silence this.
 */
final class Heartbeat implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Heartbeat.class);
    private static final long BEAT_MILLIS = 1000;
    /** Beats within the time that systemd waits. */
    private static final int BEATS = 3;
    private static final int SHOWN = 8;

    private final MessageSocket systemd;
    private final ControlThread control;
    private final PortRegistry ports;
    private final boolean watched;
    private final AtomicBoolean waiting = new AtomicBoolean();
    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(task -> {
                final Thread thread = new Thread(task, "systemd");
                thread.setDaemon(true);
                return thread;
            });
    /** The thread {@code control} alone. */
    private String told = "";
    private volatile boolean failed;

    /** {@code watchdog}: how long systemd waits for a beat; zero: for ever. */
    Heartbeat(MessageSocket systemd, ControlThread control, PortRegistry ports,
            Duration watchdog) {
        this.systemd = systemd;
        this.control = control;
        this.ports = ports;
        this.watched = !watchdog.isZero();
        final long period = watched
                ? Math.max(1, Math.min(BEAT_MILLIS, watchdog.toMillis() / BEATS)) : BEAT_MILLIS;
        timer.scheduleAtFixedRate(this::submit, 0, period, TimeUnit.MILLISECONDS);
    }

    private void submit() {
        if (!waiting.getAndSet(true)) {
            control.execute(this, this::beat);
        }
    }

    private void beat() {
        waiting.set(false);
        if (watched) {
            tell("WATCHDOG=1");
        }
        final String status = status(ports.ports());
        if (!status.equals(told) && tell("STATUS=" + status)) {
            told = status;
        }
    }

    /** The command does its work. Any thread. */
    void ready() {
        tell("READY=1\nSTATUS=" + status(ports.ports()));
    }

    /** The process ends. Any thread. */
    void stopping() {
        timer.shutdown();
        tell("STOPPING=1\nSTATUS=stopping");
    }

    /** What {@code systemctl status} shows. */
    static String status(List<Port> ports) {
        if (ports.isEmpty()) {
            return "no ports";
        }
        final String more = ports.size() > SHOWN ? ", and %s more".formatted(ports.size() - SHOWN)
                : "";
        return ports.stream().limit(SHOWN).map(port -> "port %s %s %s"
                .formatted(port.id(), port.name(), state(port)))
                .collect(Collectors.joining(", ")) + more;
    }

    private static String state(Port port) {
        return port.isRemoved() ? "removed" : port.state().name().toLowerCase(Locale.ROOT);
    }

    private boolean tell(String message) {
        try {
            systemd.send(message.getBytes(StandardCharsets.UTF_8));
            failed = false;
            return true;
        } catch (LinuxException e) {
            if (!failed) {
                LOG.warn("systemd was not told {}: {}", message, e.getMessage());
            }
            failed = true;
            return false;
        }
    }

    /** Tells nothing more. Idempotent. */
    @Override
    public void close() {
        timer.shutdownNow();
        systemd.close();
    }
}
