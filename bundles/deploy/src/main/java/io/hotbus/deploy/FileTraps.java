// SPDX-License-Identifier: Apache-2.0
package io.hotbus.deploy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Dictionary;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.osgi.service.cm.Configuration;

/** Finds entries of a configuration file that do not mean what they seem to. Any thread. */
final class FileTraps {
    /** The key that FileInstall adds to each configuration from a file. */
    static final String FILE = "felix.fileinstall.filename";

    /** A value with a type, as it is in a .config file: {@code I"8080"}, {@code ["a","b"]}. */
    private static final Pattern TYPED = Pattern.compile("[TILFDXSCBilfdxscb]?"
            + "(\"[^\"]*\"|\\[\\s*\".*\"\\s*]|\\(\\s*\".*\"\\s*\\))");

    private FileTraps() {
    }

    /**
     * A clause for each trap.
     *
     * @param known the PIDs that bundles ask for
     */
    static List<String> of(Configuration configuration, Set<String> known) {
        Dictionary<String, Object> properties = configuration.getProperties();
        if (properties == null || properties.get(FILE) == null) {
            return List.of();
        }
        List<String> traps = new ArrayList<>();
        String pid = configuration.getPid();
        String factory = configuration.getFactoryPid();
        if (factory != null && known.contains(pid.replace('~', '-'))) {
            traps.add("'-' in the name of a file makes a factory configuration of " + factory
                    + ": a PID with '-' cannot be set by a file");
        }
        for (String key : Collections.list(properties.keys())) {
            if (properties.get(key) instanceof String value && TYPED.matcher(value).matches()) {
                traps.add(key + "=" + value + " is taken with its quotes and its type: values"
                        + " that have these belong into a .config file, in which all have quotes");
            }
        }
        return traps;
    }
}
