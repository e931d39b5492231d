// SPDX-License-Identifier: Apache-2.0
package io.hotbus.core.settings;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.core.testing.LogLines;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.slf4j.event.Level;

class CoreSettingsTest {
    @Test
    void shouldTakeEveryKeyThatIsDeclared() {
        CoreSettings settings = new CoreSettings();
        Map<String, Object> given = new HashMap<>();
        for (Method attribute : CoreConfiguration.class.getDeclaredMethods()) {
            given.put(attribute.getName().replace('_', '.'),
                    attribute.getReturnType() == boolean.class ? false : 77);
        }

        settings.modified(given);

        assertThat(settings.handlerWait()).isEqualTo(Duration.ofMillis(77));
        assertThat(settings.serviceDrain()).isEqualTo(Duration.ofMillis(77));
        assertThat(settings.listenerDeadline()).isEqualTo(Duration.ofMillis(77));
        assertThat(settings.listenerBacklog()).isEqualTo(77);
        assertThat(settings.ueventBuffer()).isEqualTo(77 << 10);
        assertThat(settings.hugepages()).isFalse();
    }

    @Test
    void shouldHaveTheSameDefaultsWithAndWithoutAConfiguration() {
        CoreSettings none = new CoreSettings();
        CoreSettings empty = new CoreSettings(Map.of("hugepages", "false"));
        empty.modified(Map.of("service.pid", CoreSettings.PID));

        assertThat(empty).usingRecursiveComparison().isEqualTo(none);
    }

    @Test
    void shouldStayAsItWasAndSayWhatIsWrong() {
        CoreSettings settings = new CoreSettings(Map.of("handler.wait.ms", "1000"));
        try (LogLines log = new LogLines()) {
            settings.modified(Map.of("handler.wait.ms", "2000", "listener.backlog", "many"));

            assertThat(log.of(Level.ERROR)).containsExactly("io.hotbus.core: listener.backlog=many:"
                    + " a number from 1 to 1000000 is needed (all of io.hotbus.core stays as it "
                    + "was)");
        }
        assertThat(settings.handlerWait()).isEqualTo(Duration.ofSeconds(1));
    }
}
