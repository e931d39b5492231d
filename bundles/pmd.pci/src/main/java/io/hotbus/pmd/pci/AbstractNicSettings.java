// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd.pci;

import io.hotbus.eal.config.SettingException;
import io.hotbus.eal.config.Settings;
import io.hotbus.eal.config.SettingsCheck;
import java.util.Map;
import org.osgi.annotation.versioning.ConsumerType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Base of the settings of a driver: {@code watch.period.ms}, {@code silence.limit.ms} and {@code
 * reset.limit.ms}. A device keeps the settings that it was attached with. Any thread.
 */
@ConsumerType
public abstract class AbstractNicSettings implements SettingsCheck {
    private static final Logger LOG = LoggerFactory.getLogger(AbstractNicSettings.class);

    private final String pid;
    private volatile NicLimits limits = NicLimits.DEFAULT;

    /**
     * Reads the settings. If one is wrong, that is logged and the defaults apply.
     *
     * @param pid the PID of the configuration, for messages
     */
    protected AbstractNicSettings(String pid, Map<String, Object> properties) {
        this.pid = pid;
        update(properties);
    }

    /** Reads changed settings. If one is wrong, that is logged and all stay as they were. */
    protected final void update(Map<String, Object> properties) {
        try {
            NicLimits next = Settings.read(pid, properties, NicLimits::of);
            if (!next.equals(limits)) {
                limits = next;
                LOG.info("{}: {}", pid, next);
            }
        } catch (SettingException e) {
            LOG.error("{} (all of {} stays as it was)", e.getMessage(), pid);
        }
    }

    @Override
    public final String pid() {
        return pid;
    }

    @Override
    public final void check(Map<String, ?> properties) throws SettingException {
        Settings.read(pid, properties, NicLimits::of);
    }

    /** The limits of a device that is attached now. */
    public final NicLimits limits() {
        return limits;
    }
}
