// SPDX-License-Identifier: Apache-2.0
package io.hotbus.ethdev;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class MacAddressTest {
    @ParameterizedTest
    @CsvSource({"0x020000000001, 02:00:00:00:00:01", "0xfedcba987654, FE:DC:BA:98:76:54",
            "0, 00:00:00:00:00:00"})
    void shouldReadAndWriteTheAddressAsIsUsual(String value, String text) {
        MacAddress address = new MacAddress(Long.decode(value));
        assertThat(address).hasToString(text);
        assertThat(MacAddress.parse(text)).contains(address);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "02:00:00:00:00", "02:00:00:00:00:01:02", "0200.0000.0001",
            "02:00:00:00:00:0g", " 02:00:00:00:00:01"})
    void shouldReadNothingElse(String text) {
        assertThat(MacAddress.parse(text)).isEmpty();
    }

    @Test
    void shouldTellStationsFromGroups() {
        assertThat(new MacAddress(0x0200_0000_0001L).isUnicast()).isTrue();
        assertThat(new MacAddress(0x0100_5e00_0001L)).matches(MacAddress::isMulticast)
                .matches(address -> !address.isUnicast());
        assertThat(new MacAddress(0).isUnicast()).isFalse();
    }

    @Test
    void shouldHaveSixBytes() {
        assertThatIllegalArgumentException().isThrownBy(() -> new MacAddress(1L << 48))
                .withMessage("0x1000000000000 is no Ethernet address");
    }
}
