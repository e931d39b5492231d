// SPDX-License-Identifier: Apache-2.0
package io.hotbus.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServiceOptionsTest {
    @Test
    void shouldBecomeWordsOfACommandLine() throws Exception {
        Map<String, String> values = ServiceOptions.values(Map.of("metrics", " 9100 ",
                "no-telemetry", true, "in-memory", "false", "file-prefix", "",
                "service.pid", ServiceOptions.PID, "felix.fileinstall.filename", "file:/x"));

        assertThat(ServiceOptions.words(values))
                .containsExactlyInAnyOrder("--metrics=9100", "--no-telemetry");
        assertThat(ServiceOptions.keys()).contains("metrics", "no-telemetry", "file-prefix");
    }

    @ParameterizedTest
    @CsvSource({
            "metrics, x, --metrics x: a port from 1 to 65535 is needed",
            "no-telemetry, maybe, --no-telemetry maybe: true or false is needed",
            "metrix, 1, --metrix: there is no such setting",
            "file-prefix, a/b, --file-prefix a/b: a name without '/' is needed"})
    void shouldSayWhatIsWrong(String key, String value, String told) {
        assertThatThrownBy(() -> ServiceOptions.words(Map.of(key, value)))
                .isInstanceOf(UsageException.class).hasMessageStartingWith(told);
    }
}
