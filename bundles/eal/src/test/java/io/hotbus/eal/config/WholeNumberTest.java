// SPDX-License-Identifier: Apache-2.0
package io.hotbus.eal.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WholeNumberTest {
    @Test
    void shouldReadNumbersWithinTheRange() {
        assertThat(WholeNumber.parse("42", 1, 100)).hasValue(42);
        assertThat(WholeNumber.parse("-1", -1, 1)).hasValue(-1);
        assertThat(WholeNumber.decode("0x10", 1, 100)).hasValue(16);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "1 ", "x", "0", "101", "4294967297", "0x10",
        "\uff14\uff12", "\u0664\u0662"})
    void shouldReadNothingElse(String text) {
        assertThat(WholeNumber.parse(text, 1, 100)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0x\uff11", "\uff11", "\u0661"})
    void shouldNotDecodeDigitsOfOtherScripts(String text) {
        assertThat(WholeNumber.decode(text, 0, 100)).isEmpty();
    }
}
