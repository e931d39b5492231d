// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.e1000e;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class E1000eSettingsTest {
    @Test
    void shouldTakeWhatIsSetAndKeepItWhereAnythingIsWrong() {
        E1000eSettings settings = new E1000eSettings(Map.of("watch.period.ms", "never"));
        assertThat(settings.watch()).isEqualTo(
                new E1000eSettings.Watch(Duration.ofMillis(100), Duration.ofSeconds(5)));

        assertThat(settings.resetLimit()).isEqualTo(Duration.ofSeconds(1));

        settings.modified(Map.of("watch.period.ms", "20", "reset.limit.ms", "300"));
        settings.modified(Map.of("watch.period.ms", 0, "silence.limit.ms", 1));

        assertThat(settings.watch()).isEqualTo(
                new E1000eSettings.Watch(Duration.ofMillis(20), Duration.ofSeconds(5)));
        assertThat(settings.resetLimit()).isEqualTo(Duration.ofMillis(300));
    }
}
