// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd.eth;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.ethdev.MacAddress;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class LocalMacTest {
    @ParameterizedTest
    @CsvSource({"net_x0, 0x0200004e0000", "net_x258, 0x0200004e0102",
        "net_e1000x7, 0x0200004e0007", "net_x, 0x0200004e0000", "net_x65537, 0x0200004e0001"})
    void shouldEndWithTheNumberOfTheDevice(String name, String address) {
        assertThat(LocalMac.of(0x0200004e0000L, name))
                .isEqualTo(new MacAddress(Long.decode(address)));
    }
}
