// SPDX-License-Identifier: Apache-2.0
package io.hotbus.config;

import java.io.IOException;
import java.util.Optional;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;

/**
 * Which configuration a file is of, by its name: {@code PID.cfg}, or for one of several
 * {@code FACTORY-NAME.cfg} or {@code FACTORY~NAME.cfg}; the same with {@code .config}.
 *
 * <p>A PID of ours has one configuration: {@code io.hotbus.devices-site.cfg} is a file of {@code
 * io.hotbus.devices}, too. As one of several it would make a second list of devices, which is asked
 * by none.
 */
record ConfigurationName(String pid, Optional<String> instance) {
    private static final String OURS = "io.hotbus.";

    static ConfigurationName of(String fileName) {
        String name = fileName.substring(0, fileName.lastIndexOf('.'));
        int end = name.indexOf('~') > 0 ? name.indexOf('~') : name.indexOf('-');
        if (end > 0 && name.startsWith(OURS)) {
            return new ConfigurationName(name.substring(0, end), Optional.empty());
        }
        return end > 0
                ? new ConfigurationName(name.substring(0, end), Optional.of(name.substring(end + 1)))
                : new ConfigurationName(name, Optional.empty());
    }

    /** The configuration, which is new where there was none. */
    Configuration in(ConfigurationAdmin admin) throws IOException {
        return instance.isPresent() ? admin.getFactoryConfiguration(pid, instance.get(), "?")
                : admin.getConfiguration(pid, "?");
    }

    @Override
    public String toString() {
        return pid + instance.map(name -> "~" + name).orElse("");
    }
}
