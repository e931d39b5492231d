// SPDX-License-Identifier: Apache-2.0
package io.hotbus.demo;

import io.hotbus.app.Arguments;
import io.hotbus.app.UsageException;
import io.hotbus.testpmd.Options;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The options of the demonstration, besides the options of forwarding.
 *
 * @param cycles how often the device is pulled out
 * @param json   the file to write the figures to
 */
record DemoOptions(int cycles, Optional<Path> json) {
    private static final int DEFAULT_CYCLES = 3;
    private static final int MAX_CYCLES = 1_000_000;
    /** Options that do not apply, because the demonstration has its own devices and scenario. */
    private static final List<String> NOT_HERE =
            List.of("-a", "--allow", "--vdev", "--exec", "--auto-start", "--tx-first",
                    "--stats-period", "--disable-device-start", "--no-reattach", "--no-hot-plug",
                    "--forward-mode", "--event-log");

    /**
     * Parses the options.
     *
     * @throws UsageException naming the option and its valid values
     */
    static DemoOptions parse(Arguments arguments) throws UsageException {
        Set<String> known = new HashSet<>(Options.NAMES);
        NOT_HERE.forEach(known::remove);
        known.add("--cycles");
        known.add("--json");
        arguments.allowOnly(known);
        return new DemoOptions(arguments.number("--cycles", DEFAULT_CYCLES, 1, MAX_CYCLES),
                arguments.value("--json").map(Path::of));
    }
}
