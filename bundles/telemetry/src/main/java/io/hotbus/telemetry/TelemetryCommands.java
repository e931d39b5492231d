// SPDX-License-Identifier: Apache-2.0
package io.hotbus.telemetry;

import java.util.List;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * The telemetry commands that a bundle provides. Register an implementation as a service: clients
 * see its commands as long as the service is registered.
 */
@ConsumerType
public interface TelemetryCommands {
    /** The commands. Returns the same commands at each call. Any thread. */
    List<TelemetryCommand> commands();
}
