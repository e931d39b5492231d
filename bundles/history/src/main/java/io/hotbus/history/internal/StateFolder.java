// SPDX-License-Identifier: Apache-2.0
package io.hotbus.history.internal;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The folder of what outlives a process. */
final class StateFolder {
    private StateFolder() {
    }

    /**
     * Returns the folder for a process with this environment. The launcher's {@code report} looks
     * in the same places.
     *
     * @param root whether the process runs as root
     */
    static Optional<Path> of(Map<String, String> environment, boolean root) {
        return Stream.of(
                set(environment, "HOTBUS_STATE_DIR"),
                set(environment, "STATE_DIRECTORY").map(all -> all.split(":")[0]),
                root ? Optional.of("/var/lib/hotbus/history") : Optional.<String>empty(),
                set(environment, "XDG_STATE_HOME").map(home -> home + "/hotbus"),
                set(environment, "HOME").map(home -> home + "/.local/state/hotbus"))
                .flatMap(Optional::stream).map(Path::of).filter(Path::isAbsolute).findFirst();
    }

    private static Optional<String> set(Map<String, String> environment, String name) {
        return Optional.ofNullable(environment.get(name)).filter(value -> !value.isEmpty());
    }
}
