// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.tap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.ethdev.MacAddress;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TapArgsTest {
    private static TapArgs parse(String devargs) throws DeviceException {
        return TapArgs.parse(Devargs.parse(devargs));
    }

    @Test
    void shouldReadDevargs() throws Exception {
        assertThat(parse("net_tap3")).isEqualTo(new TapArgs("dtap3", Optional.empty(), false));
        assertThat(parse("net_tap1,iface=foo0,mac=fixed,persist")).isEqualTo(
                new TapArgs("foo0", Optional.of(new MacAddress(0x026474617031L)), true));
        assertThat(parse("net_tap0,mac=02:00:00:00:00:09,persist=0")).isEqualTo(
                new TapArgs("dtap0", Optional.of(new MacAddress(0x020000000009L)), false));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "net_tap0,iface=                  | iface=: the name of a network interface is needed",
            "net_tap0,iface=abcdefghijklmnop  | the name of a network interface is needed, 1 to 15",
            "net_tap0,mac=01:00:00:00:00:00   | 'fixed' or an address of a station is needed",
            "net_tap0,mac=                    | 'fixed' or an address of a station is needed",
            "net_tap0,remote=eth0             | remote is not supported: forward between this port",
            "net_tap0,persist=yes             | persist=yes: a number from 0 to 1 is needed",
            "net_tap0,speed=10                | unknown devarg 'speed'"})
    void shouldSayWhatIsWrong(String devargs, String message) {
        assertThatExceptionOfType(DeviceException.class).isThrownBy(() -> parse(devargs))
                .withMessageContaining(message);
    }
}
