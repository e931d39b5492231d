// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.command;

import io.hotbus.cli.Verb;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortRegistry;
import io.hotbus.ethdev.PortState;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Finds the ports that a word of a command means: an id, a device's name, or {@code all}, which are
 * those without an owner.
 */
final class PortSelector {
    /** How help calls such a word. */
    static final String SYNTAX = "ID|NAME|all";

    private final PortRegistry registry;

    PortSelector(PortRegistry registry) {
        this.registry = registry;
    }

    /** The verb, knowing the ports there are for its parameters ID and NAME. */
    <T> Verb<T> named(Verb<T> verb) {
        return verb.with("ID", () -> registry.ports().stream()
                        .map(port -> Integer.toString(port.id())).toList())
                .with("NAME", () -> registry.ports().stream().map(Port::name).toList());
    }

    /** The ports without an owner: the others belong to a port above them. */
    static List<Port> free(PortRegistry registry) {
        return registry.ports().stream().filter(port -> port.owner().isEmpty()).toList();
    }

    /** @throws IllegalArgumentException no such port; the message lists those there are */
    List<Port> select(String word) {
        List<Port> ports = registry.ports();
        List<Port> selected = word.equals("all")
                ? free(registry)
                : ports.stream().filter(port -> matches(port, word)).toList();
        if (selected.isEmpty()) {
            throw new IllegalArgumentException(ports.isEmpty()
                    ? "there is no port, 'port attach DEVARGS' adds one"
                    : "no port '%s', there are: %s".formatted(word, ports.stream()
                            .map(PortSelector::describe).collect(Collectors.joining(", "))));
        }
        return selected;
    }

    /** @throws IllegalStateException the port is started; the message says how to stop it */
    static void requireStopped(Port port) {
        if (port.state() == PortState.STARTED) {
            throw new IllegalStateException(
                    "port %s: is started ('port stop %s' or 'port stop all' first)"
                            .formatted(describe(port), port.id()));
        }
    }

    private static boolean matches(Port port, String word) {
        return port.name().equals(word) || Integer.toString(port.id()).equals(word);
    }

    /** {@code 0 (net_sim0)}. */
    static String describe(Port port) {
        return "%s (%s)".formatted(port.id(), port.name());
    }
}
