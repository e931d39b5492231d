// SPDX-License-Identifier: Apache-2.0
package io.hotbus.eal.config;

import java.util.Map;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Checks a configuration without applying it. A component registers itself as this service, too,
 * if it has settings, so that {@code launcher/hotbus check} finds their errors. Any thread.
 */
@ConsumerType
public interface SettingsCheck {
    /** The PID of the configuration. */
    String pid();

    /**
     * Reads the settings as the component does, and changes nothing.
     *
     * @throws SettingException one is wrong; the message names it
     */
    void check(Map<String, ?> properties) throws SettingException;
}
