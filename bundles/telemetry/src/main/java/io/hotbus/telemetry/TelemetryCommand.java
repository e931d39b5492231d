// SPDX-License-Identifier: Apache-2.0
package io.hotbus.telemetry;

import java.util.Objects;
import java.util.Optional;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * A command of DPDK's telemetry, such as {@code /ethdev/stats}. Source: DPDK
 * {@code rte_telemetry_register_cmd}.
 *
 * @param path    the command: {@code /}, then letters, digits, {@code _} and {@code /}; at most
 *                {@value #MAX_PATH} characters
 * @param help    one line: what the command returns, and its parameters
 * @param handler the code to run
 */
public record TelemetryCommand(String path, String help, Handler handler) {
    /** The longest path. Source: DPDK {@code MAX_CMD_LEN}, which counts the final zero. */
    public static final int MAX_PATH = 55;

    /** The code of a command, for the thread {@code telemetry}, which serves all clients. */
    @ConsumerType
    @FunctionalInterface
    public interface Handler {
        /**
         * Reads what was asked for. Changes nothing, and does not wait for a device.
         *
         * @param parameters what follows the comma after the command; empty without a comma
         * @return a map, a list, a string, a whole number or a boolean, nested as needed; null if
         *     there is nothing of that name. The end of a list or map that does not fit in a reply
         *     is left out
         * @throws Exception the client gets null, and the log has the message at level DEBUG
         */
        Object answer(Optional<String> parameters) throws Exception;
    }

    /** @throws IllegalArgumentException the path is invalid */
    public TelemetryCommand {
        if (!path.matches("/[A-Za-z0-9_/]*") || path.length() > MAX_PATH) {
            throw new IllegalArgumentException("'%s' is no telemetry command: '/', letters, digits "
                    .formatted(path) + "and '_' are possible, at most " + MAX_PATH);
        }
        Objects.requireNonNull(help);
        Objects.requireNonNull(handler);
    }
}
