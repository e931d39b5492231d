// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd.pci;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class NicSettingsTest {
    private static final class AcmeSettings extends AbstractNicSettings {
        AcmeSettings(Map<String, Object> properties) {
            super("acme", properties);
        }
    }

    @Test
    void shouldTakeWhatIsSetAndKeepItWhereAnythingIsWrong() {
        AcmeSettings settings = new AcmeSettings(Map.of("watch.period.ms", "never"));
        assertThat(settings.limits()).isEqualTo(new NicLimits(
                Duration.ofMillis(100), Duration.ofSeconds(5), Duration.ofSeconds(1)));

        settings.update(Map.of("watch.period.ms", "20", "reset.limit.ms", "300"));
        settings.update(Map.of("watch.period.ms", 0, "silence.limit.ms", 1));

        assertThat(settings.limits()).isEqualTo(new NicLimits(
                Duration.ofMillis(20), Duration.ofSeconds(5), Duration.ofMillis(300)));
    }
}
