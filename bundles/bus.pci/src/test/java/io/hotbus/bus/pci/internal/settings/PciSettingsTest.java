// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.pci.internal.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class PciSettingsTest {
    private final PciSettings settings = new PciSettings(Map.of());

    @Test
    void shouldHaveDefaults() {
        assertThat(settings.sysfs()).isEqualTo(Path.of("/sys"));
        assertThat(settings.dev()).isEqualTo(Path.of("/dev"));
        assertThat(settings.arrivalLimit()).isEqualTo(Duration.ofSeconds(5));
        assertThat(settings.kernelLimit()).isEqualTo(Duration.ofSeconds(5));
        assertThat(settings.faultLimit()).isEqualTo(Duration.ofSeconds(2));
        assertThat(settings.reconcilePeriod()).isEqualTo(Duration.ofSeconds(3));
    }

    @Test
    void shouldTakeLimitsAtOnceAndKeepItsRoots() {
        settings.modified(Map.of("sysfs", "/host/sys", "arrival.limit.ms", "1000"));

        assertThat(settings.sysfs()).isEqualTo(Path.of("/sys"));
        assertThat(settings.arrivalLimit()).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void shouldStayAsItWasWhereAnythingIsWrong() {
        settings.modified(Map.of("arrival.limit.ms", 1000));
        settings.modified(Map.of("arrival.limit.ms", 2000, "kernel.limit.ms", "soon"));

        assertThat(settings.arrivalLimit()).isEqualTo(Duration.ofSeconds(1));
        assertThat(settings.kernelLimit()).isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void shouldStartWithDefaultsWhereAnythingIsWrong() {
        PciSettings wrong = new PciSettings(Map.of("sysfs", "sys", "dev", "/host/dev"));

        assertThat(wrong.sysfs()).isEqualTo(Path.of("/sys"));
        assertThat(wrong.dev()).isEqualTo(Path.of("/dev"));
    }
}
