// SPDX-License-Identifier: Apache-2.0
package io.hotbus.config;

import java.io.IOException;
import java.util.Optional;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;

/**
 * The configuration that a file belongs to, by the file's name: {@code PID.cfg}, or for a factory
 * {@code FACTORY-NAME.cfg} or {@code FACTORY~NAME.cfg}; the same with {@code .config}.
 *
 * <p>A PID of hotbus has one configuration: {@code io.hotbus.devices-site.cfg} belongs to {@code
 * io.hotbus.devices}, too. A factory configuration would be a second list of devices that no
 * component reads. But {@value #FACTORY} is a factory: each of its files describes a device.
 */
record ConfigurationName(String pid, Optional<String> instance) {
    static final String FACTORY = "io.hotbus.device";
    private static final String OURS = "io.hotbus.";

    static ConfigurationName of(String fileName) {
        String name = fileName.substring(0, fileName.lastIndexOf('.'));
        int end = name.indexOf('~') > 0 ? name.indexOf('~') : name.indexOf('-');
        if (end <= 0) {
            return new ConfigurationName(name, Optional.empty());
        }
        String pid = name.substring(0, end);
        return new ConfigurationName(pid, name.startsWith(OURS) && !pid.equals(FACTORY)
                ? Optional.empty() : Optional.of(name.substring(end + 1)));
    }

    /** Returns the configuration; creates it if there is none. */
    Configuration in(ConfigurationAdmin admin) throws IOException {
        return instance.isPresent() ? admin.getFactoryConfiguration(pid, instance.get(), "?")
                : admin.getConfiguration(pid, "?");
    }

    @Override
    public String toString() {
        return pid + instance.map(name -> "~" + name).orElse("");
    }
}
