// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.vdev.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class VdevDriversTest {
    private final VdevDrivers drivers = new VdevDrivers();

    private TestDriver add(String name, int ranking, long serviceId) {
        TestDriver driver = new TestDriver(name);
        drivers.add(driver, Map.of("service.ranking", ranking, "service.id", serviceId));
        return driver;
    }

    @ParameterizedTest
    @CsvSource({"net_null0, net_null", "net_null12, net_null", "net_x1, net_x", "net_x12, net_x1",
            "net_x123, net_x1", "net_null, ", "net_nullx0, ", "net_null0x, ", "net_nul0, ", "0, ",
            "xnet_null0, ", "net_null-1, ", "net_null\u0661, "})
    void shouldMatchNameAndNumber(String device, String expected) {
        add("net_null", 0, 1);
        add("net_x", 0, 2);
        add("net_x1", 0, 3);

        assertThat(drivers.match(device).map(d -> d.name()).orElse(null)).isEqualTo(expected);
    }

    @Test
    void shouldPreferTheHigherRankingThenTheOlder() {
        TestDriver oldest = add("net_x", 0, 5);
        add("net_x", 0, 7);
        assertThat(drivers.match("net_x0")).containsSame(oldest);
        TestDriver better = add("net_x", 10, 9);
        assertThat(drivers.match("net_x0")).containsSame(better);
        drivers.remove(better);
        assertThat(drivers.match("net_x0")).containsSame(oldest);
    }

    @Test
    void shouldNameThoseThereAre() {
        assertThat(drivers.names()).isEqualTo("none");
        add("net_sim", 0, 1);
        add("net_null", 0, 2);
        add("net_null", 1, 3);
        assertThat(drivers.names()).isEqualTo("net_null, net_sim");
    }

    @ParameterizedTest
    @ValueSource(strings = {"net_null0", "net_foo_bar12", "a_0", "net_e1000_em3", "net_0"})
    void shouldKnowAVdevName(String name) {
        assertThat(VdevDrivers.isVdevName(name)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"net_null", "null0", "0000:03:00.0", "03:00.0", "_net0", "net_Null0",
            "net_null0 ", "0", "_0", "net_null0\n", "1net_x0", "net-null_0"})
    void shouldKnowWhatIsNone(String name) {
        assertThat(VdevDrivers.isVdevName(name)).isFalse();
    }

    @Test
    @Timeout(5)
    void shouldNotTakeLongOverHostileNames() {
        String name = "net" + "_a0".repeat(1_000_000);

        assertThat(VdevDrivers.isVdevName(name)).isTrue();
        assertThat(VdevDrivers.isVdevName(name + "!")).isFalse();
    }
}
