// SPDX-License-Identifier: Apache-2.0
package io.hotbus.netif.packet;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class RingLayoutTest {
    @Test
    void shouldNotLetAFrameCrossTheEndOfABlock() {
        assertThat(new RingLayout(4096, 3, 1360).offset(4)).isEqualTo(4096 + 1360);
    }
}
