// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd.pci;

import io.hotbus.eal.config.SettingException;
import io.hotbus.eal.config.Settings;
import java.time.Duration;

/**
 * The limits of one device, which an operator can set.
 *
 * @param period  between two checks
 * @param silence how long a device on the bus may not answer
 * @param reset   how long a reset may take
 */
public record NicLimits(Duration period, Duration silence, Duration reset) {
    /** The default of {@code watch.period.ms}. */
    public static final int PERIOD_MILLIS = 100;
    /** The default of {@code silence.limit.ms}. */
    public static final int SILENCE_MILLIS = 5000;
    /** The default of {@code reset.limit.ms}. */
    public static final int RESET_MILLIS = 1000;

    static final NicLimits DEFAULT = new NicLimits(Duration.ofMillis(PERIOD_MILLIS),
            Duration.ofMillis(SILENCE_MILLIS), Duration.ofMillis(RESET_MILLIS));

    static NicLimits of(Settings settings) throws SettingException {
        return new NicLimits(settings.millis("watch.period.ms", PERIOD_MILLIS, 1, 60_000),
                settings.millis("silence.limit.ms", SILENCE_MILLIS, 0, 3_600_000),
                settings.millis("reset.limit.ms", RESET_MILLIS, 10, 60_000));
    }
}
