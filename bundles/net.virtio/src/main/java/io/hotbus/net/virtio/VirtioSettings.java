// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.virtio;

import static io.hotbus.net.virtio.VirtioConfiguration.RESET_LIMIT_MILLIS;
import static io.hotbus.net.virtio.VirtioConfiguration.SILENCE_LIMIT_MILLIS;
import static io.hotbus.net.virtio.VirtioConfiguration.WATCH_PERIOD_MILLIS;

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

/** The settings of the operator. A device keeps the settings that it was attached with. */
@Component(service = VirtioSettings.class, configurationPid = VirtioSettings.PID)
@Designate(ocd = VirtioConfiguration.class)
public final class VirtioSettings {
    static final String PID = "io.hotbus.net.virtio";
    private static final Logger LOG = LoggerFactory.getLogger(VirtioSettings.class);

    /**
     * The limits of one device.
     *
     * @param period  between two checks
     * @param silence how long it may not answer
     * @param reset   how long a reset may take
     */
    record Limits(Duration period, Duration silence, Duration reset) {
        static Limits of(Settings settings) throws SettingException {
            return new Limits(
                    settings.millis("watch.period.ms", WATCH_PERIOD_MILLIS, 1, 60_000),
                    settings.millis("silence.limit.ms", SILENCE_LIMIT_MILLIS, 0, 3_600_000),
                    settings.millis("reset.limit.ms", RESET_LIMIT_MILLIS, 10, 60_000));
        }
    }

    private volatile Limits limits = new Limits(Duration.ofMillis(WATCH_PERIOD_MILLIS),
            Duration.ofMillis(SILENCE_LIMIT_MILLIS), Duration.ofMillis(RESET_LIMIT_MILLIS));

    /** Reads the settings. If one is wrong, that is logged and the defaults apply. */
    @Activate
    public VirtioSettings(Map<String, Object> properties) {
        modified(properties);
    }

    /** Reads changed settings. If one is wrong, that is logged and all stay as they were. */
    @Modified
    void modified(Map<String, Object> properties) {
        try {
            Limits next = Settings.read(PID, properties, Limits::of);
            if (!next.equals(limits)) {
                limits = next;
                LOG.info("{}: {}", PID, next);
            }
        } catch (SettingException e) {
            LOG.error("{} (all of {} stays as it was)", e.getMessage(), PID);
        }
    }

    /** The limits of a device that is attached now. */
    Limits limits() {
        return limits;
    }
}
