// SPDX-License-Identifier: Apache-2.0
package io.hotbus.demo;

import io.hotbus.app.Arguments;
import io.hotbus.app.UsageException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/**
 * The options of the demonstration, besides the options of forwarding.
 *
 * @param cycles how often the device is pulled out
 * @param queues the queues of each device in each direction: as many as the port is given
 * @param json   the file to write the figures to
 */
record DemoOptions(int cycles, int queues, Optional<Path> json) {
    private static final int DEFAULT_CYCLES = 3;
    private static final int MAX_CYCLES = 1_000_000;
    /** What a {@code net_sim} has. */
    private static final int MAX_QUEUES = 4;
    /** The options of forwarding that apply to the devices and the scenario of the demo. */
    private static final Set<String> KNOWN = Set.of("-l", "--nb-cores", "--rxq", "--txq", "--rxd",
            "--txd", "--burst", "--total-num-mbufs", "--mbuf-size", "--hot-plug", "--cycles",
            "--json");

    /**
     * Parses the options.
     *
     * @throws UsageException naming the option and its valid values
     */
    static DemoOptions parse(Arguments arguments) throws UsageException {
        arguments.allowOnly(KNOWN);
        return new DemoOptions(arguments.number("--cycles", DEFAULT_CYCLES, 1, MAX_CYCLES),
                Math.max(arguments.number("--rxq", 1, 1, MAX_QUEUES),
                        arguments.number("--txq", 1, 1, MAX_QUEUES)),
                arguments.value("--json").map(Path::of));
    }
}
