// SPDX-License-Identifier: Apache-2.0
package io.hotbus.ethdev;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class EthDevInfoTest {
    @ParameterizedTest
    @CsvSource({"0x020000000001, 02:00:00:00:00:01", "0xfedcba987654, FE:DC:BA:98:76:54",
            "0, 00:00:00:00:00:00"})
    void shouldWriteTheAddressAsIsUsual(String address, String text) {
        assertThat(new EthDevInfo("net_test", Long.decode(address),
                new QueueLimits(1, 1, 1)).macText())
                .isEqualTo(text);
    }
}
