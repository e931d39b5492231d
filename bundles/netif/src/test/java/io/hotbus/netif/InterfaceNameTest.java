// SPDX-License-Identifier: Apache-2.0
package io.hotbus.netif;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.DeviceException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class InterfaceNameTest {
    private static String name(String devargs) throws DeviceException {
        return InterfaceName.of(Devargs.parse(devargs), "dtap0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"e", "eth0", "abcdefghijklmno", "br-0.100", "...", "ééééééé"})
    void shouldTakeWhatTheKernelTakes(String name) throws Exception {
        assertThat(name("net_tap0,iface=" + name)).isEqualTo(name);
        assertThat(name("net_tap0")).isEqualTo("dtap0");
    }

    @ParameterizedTest
    @ValueSource(strings =
            {"", ".", "..", "a/b", "eth0:1", "a b", "abcdefghijklmnop", "éééééééé"})
    void shouldRefuseWhatTheKernelRefuses(String name) {
        assertThatExceptionOfType(DeviceException.class)
                .isThrownBy(() -> name("net_tap0,iface=" + name))
                .withMessage("net_tap0: iface=" + name + ": the name of a network interface is "
                        + "needed, 1 to 15 bytes without '/', ':' and blanks");
    }
}
