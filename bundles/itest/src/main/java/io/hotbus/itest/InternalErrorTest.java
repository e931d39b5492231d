// SPDX-License-Identifier: Apache-2.0
package io.hotbus.itest;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class InternalErrorTest {
    @Test
    void shouldRun() {
        assertThat(1).isEqualTo(1);
    }
}
