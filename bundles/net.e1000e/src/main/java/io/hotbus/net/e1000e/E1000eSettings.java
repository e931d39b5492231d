// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.e1000e;

import static io.hotbus.net.e1000e.E1000eConfiguration.RESET_LIMIT_MILLIS;
import static io.hotbus.net.e1000e.E1000eConfiguration.SILENCE_LIMIT_MILLIS;
import static io.hotbus.net.e1000e.E1000eConfiguration.WATCH_PERIOD_MILLIS;

import io.hotbus.eal.config.SettingException;
import io.hotbus.eal.config.Settings;
import java.time.Duration;
import java.util.Map;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.metatype.annotations.Designate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The settings of the operator. A device is watched with the settings at its attach. */
@Component(service = E1000eSettings.class, configurationPid = E1000eSettings.PID)
@Designate(ocd = E1000eConfiguration.class)
public final class E1000eSettings {
    static final String PID = "io.hotbus.net.e1000e";
    private static final Logger LOG = LoggerFactory.getLogger(E1000eSettings.class);

    /**
     * How a device is watched.
     *
     * @param period  between two looks
     * @param silence how long it may not answer
     */
    record Watch(Duration period, Duration silence) {
    }

    private record Values(Watch watch, Duration resetLimit) {
        static Values of(Settings settings) throws SettingException {
            return new Values(new Watch(
                    settings.millis("watch.period.ms", WATCH_PERIOD_MILLIS, 1, 60_000),
                    settings.millis("silence.limit.ms", SILENCE_LIMIT_MILLIS, 0, 3_600_000)),
                    settings.millis("reset.limit.ms", RESET_LIMIT_MILLIS, 10, 60_000));
        }
    }

    private volatile Values values = new Values(new Watch(
            Duration.ofMillis(WATCH_PERIOD_MILLIS), Duration.ofMillis(SILENCE_LIMIT_MILLIS)),
            Duration.ofMillis(RESET_LIMIT_MILLIS));

    /** Reads the settings. If one is wrong, that is logged and the defaults apply. */
    @Activate
    public E1000eSettings(Map<String, Object> properties) {
        modified(properties);
    }

    /** Reads changed settings. If one is wrong, that is logged and all stay as they were. */
    @Modified
    void modified(Map<String, Object> properties) {
        try {
            Values next = Settings.read(PID, properties, Values::of);
            if (!next.equals(values)) {
                values = next;
                LOG.info("{}: {}", PID, next);
            }
        } catch (SettingException e) {
            LOG.error("{} (all of {} stays as it was)", e.getMessage(), PID);
        }
    }

    /** The settings for a device that is attached now. */
    Watch watch() {
        return values.watch();
    }

    /** How long a reset may take. */
    Duration resetLimit() {
        return values.resetLimit();
    }
}
