// SPDX-License-Identifier: Apache-2.0
package io.hotbus.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class SpreadTest {
    @Test
    void shouldTakeTheNearestRank() {
        List<Long> oneToThousand = LongStream.rangeClosed(1, 1000).boxed().toList();
        assertThat(Spread.of(oneToThousand)).hasValue(new Spread(500, 990, 1000));
        assertThat(Spread.of(List.of(3L, 1L, 2L))).hasValue(new Spread(2, 3, 3));
        assertThat(Spread.of(List.of(7L))).hasValue(new Spread(7, 7, 7));
    }

    @Test
    void shouldSayNothingOfNothing() {
        assertThat(Spread.of(List.of())).isEmpty();
    }
}
