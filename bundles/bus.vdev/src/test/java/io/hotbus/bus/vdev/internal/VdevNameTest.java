// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.vdev.internal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class VdevNameTest {
    @ParameterizedTest
    @CsvSource({"net_null0, true", "net_null12, true", "net_null, false", "net_nullx0, false",
            "net_null0x, false", "net_nul0, false", "0, false", "xnet_null0, false",
            "net_null-1, false", "net_null\u0661, false"})
    void shouldMatchNameAndNumber(String device, boolean matches) {
        assertThat(VdevName.isOf(device, "net_null")).isEqualTo(matches);
    }

    @ParameterizedTest
    @CsvSource({"net_null12, net_null", "net_null, net_null", "net_e1000_em3, net_e1000_em",
            "12, ''"})
    void shouldTellTheDriver(String device, String driver) {
        assertThat(VdevName.driverPart(device)).isEqualTo(driver);
    }

    @ParameterizedTest
    @ValueSource(strings = {"net_null0", "net_foo_bar12", "a_0", "net_e1000_em3", "net_0"})
    void shouldKnowAVdevName(String name) {
        assertThat(VdevName.isVdevName(name)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"net_null", "null0", "0000:03:00.0", "03:00.0", "_net0", "net_Null0",
            "net_null0 ", "0", "_0", "net_null0\n", "1net_x0", "net-null_0"})
    void shouldKnowWhatIsNone(String name) {
        assertThat(VdevName.isVdevName(name)).isFalse();
    }

    @Test
    @Timeout(300)
    void shouldNotTakeLongOverHostileNames() {
        String name = "net" + "_a0".repeat(1_000_000);

        assertThat(VdevName.isVdevName(name)).isTrue();
        assertThat(VdevName.isVdevName(name + "!")).isFalse();
    }
}
