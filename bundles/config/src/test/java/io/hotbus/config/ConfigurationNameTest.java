// SPDX-License-Identifier: Apache-2.0
package io.hotbus.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigurationNameTest {
    @ParameterizedTest
    @CsvSource({
            "io.hotbus.devices.cfg, io.hotbus.devices,",
            "io.hotbus.devices-site.cfg, io.hotbus.devices,",
            "io.hotbus.device-uplink.cfg, io.hotbus.device, uplink",
            "io.hotbus.device-0000:03:00.0.cfg, io.hotbus.device, 0000:03:00.0",
            "io.hotbus.device-a-b.config, io.hotbus.device, a-b",
            "io.hotbus.device~a.cfg, io.hotbus.device, a",
            "io.hotbus.device.cfg, io.hotbus.device,",
            "com.acme.nic-a.cfg, com.acme.nic, a",
            "com.acme-x.nic~a.cfg, com.acme-x.nic, a"})
    void shouldBeThatOfTheFile(String file, String pid, String instance) {
        assertThat(ConfigurationName.of(file))
                .isEqualTo(new ConfigurationName(pid, Optional.ofNullable(instance)));
    }
}
