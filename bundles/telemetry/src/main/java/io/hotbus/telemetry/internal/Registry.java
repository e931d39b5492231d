// SPDX-License-Identifier: Apache-2.0
package io.hotbus.telemetry.internal;

import io.hotbus.telemetry.TelemetryCommand;
import io.hotbus.telemetry.TelemetryCommands;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps all commands, and answers {@code /}, {@code /help} and {@code /info} by itself. One thread
 * asks; any thread adds and removes commands.
 */
final class Registry {
    private static final Logger LOG = LoggerFactory.getLogger(Registry.class);
    private static final String HELP = "/help";
    /** Characters of a command that a reply repeats: one more than any command has, as in DPDK. */
    private static final int MAX_SHOWN = TelemetryCommand.MAX_PATH + 1;
    /** How long the removal of commands waits for a call. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private record Entry(TelemetryCommands owner, TelemetryCommand command) {
    }

    /** By path. Guarded by this. */
    private final Map<String, Entry> entries = new TreeMap<>();
    /** Held during a call. */
    private final ReentrantLock call = new ReentrantLock();

    /** {@code info}: what {@code /info} returns. */
    Registry(Map<String, Object> info) {
        final List<TelemetryCommand> own = List.of(
                new TelemetryCommand("/", "Returns list of available commands, Takes no parameters",
                        parameters -> paths()),
                new TelemetryCommand(HELP,
                        "Returns help text for a command. Parameters: string command", this::help),
                new TelemetryCommand("/info",
                        "Returns DPDK Telemetry information. Takes no parameters",
                        parameters -> info));
        add(() -> own);
    }

    /** Adds the commands of a service. A path that is taken is left out, and the log says so. */
    synchronized void add(TelemetryCommands commands) {
        for (TelemetryCommand command : commands.commands()) {
            final Entry first = entries.putIfAbsent(command.path(), new Entry(commands, command));
            if (first != null) {
                LOG.warn("telemetry: {} of {} is left out: {} has it already", command.path(),
                        commands, first.owner());
            }
        }
    }

    /** Removes the commands of a service, and waits until a call of them has returned. */
    void remove(TelemetryCommands commands) {
        synchronized (this) {
            entries.values().removeIf(entry -> entry.owner() == commands);
        }
        try {
            if (call.tryLock(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                call.unlock();
            } else {
                LOG.warn("telemetry: a command hangs while {} goes", commands);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized List<String> paths() {
        return List.copyOf(entries.keySet());
    }

    private synchronized Optional<TelemetryCommand> find(String path) {
        return Optional.ofNullable(entries.get(path)).map(Entry::command);
    }

    /** Without a parameter: its own help. Source: DPDK {@code command_help}. */
    private Object help(Optional<String> parameters) {
        if (parameters.isEmpty()) {
            return find(HELP).orElseThrow().help();
        }
        return find(parameters.get()).map(c -> Map.of(c.path(), c.help())).orElse(null);
    }

    /**
     * Answers a request: the command, and its parameters after a comma. The reply names the
     * command, cut to {@value #MAX_SHOWN} characters. What is after a zero byte is
     * ignored, as in DPDK.
     */
    byte[] answer(byte[] request) {
        final String text = new String(request, StandardCharsets.UTF_8).split("\0", 2)[0];
        final int comma = text.indexOf(',');
        final String path = comma < 0 ? text : text.substring(0, comma);
        final Optional<String> parameters =
                comma < 0 || comma + 1 == text.length() ? Optional.empty()
                : Optional.of(text.substring(comma + 1));
        final String shown = path.substring(0, Math.min(path.length(), MAX_SHOWN));
        try {
            return Reply.of(shown, value(path, parameters));
        } catch (IOException e) {
            LOG.debug("telemetry: {}: {}", path, e.getMessage());
            return nothing(shown);
        }
    }

    /** The value of a command; null if there is no such command, or it failed. */
    Object value(String path, Optional<String> parameters) {
        call.lock();
        try {
            final Optional<TelemetryCommand> command = find(path);
            return command.isEmpty() ? null : command.get().handler().answer(parameters);
        } catch (Exception | LinkageError e) { // of a bundle that is not ours
            LOG.debug("telemetry: {} failed: {}", path, e.toString());
            return null;
        } finally {
            call.unlock();
        }
    }

    private static byte[] nothing(String command) {
        try {
            return Reply.of(command, null);
        } catch (IOException e) {
            throw new IllegalStateException(e); // written to memory
        }
    }
}
