// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.null_;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.DeviceException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class NullArgsTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "net_null0                           | 64    | false | false",
            "net_null0,size=1518                 | 1518  | false | false",
            "net_null0,size=0x40,copy=1          | 64    | true  | false",
            "net_null0,no-rx=1,copy=0,size=65535 | 65535 | false | true"})
    void shouldReadDevargs(String devargs, int size, boolean copy, boolean noRx) throws Exception {
        assertThat(NullArgs.parse(Devargs.parse(devargs)))
                .isEqualTo(new NullArgs(size, copy, noRx));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "net_null0,size=0     | net_null0: size=0: a number from 1 to 65535 is needed",
            "net_null0,size=65536 | net_null0: size=65536: a number from 1 to 65535 is needed",
            "net_null0,size=big   | net_null0: size=big: a number from 1 to 65535 is needed",
            "net_null0,copy=2     | net_null0: copy=2: a number from 0 to 1 is needed",
            "net_null0,no-rx=yes  | net_null0: no-rx=yes: a number from 0 to 1 is needed",
            "net_null0,no-rx      | net_null0: no-rx=: a number from 0 to 1 is needed",
            "net_null0,rings=1    | net_null0: unknown devarg 'rings' (known: copy, no-rx, size)"})
    void shouldSayWhatIsWrong(String devargs, String message) {
        assertThatExceptionOfType(DeviceException.class)
                .isThrownBy(() -> NullArgs.parse(Devargs.parse(devargs))).withMessage(message);
    }
}
