// SPDX-License-Identifier: Apache-2.0
package io.hotbus.app;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StallRingTest {
    private final StallRing ring = new StallRing();

    @Test
    void shouldFindTheStallATimeFellIn() {
        ring.add(100, 200);
        ring.add(300, 400);

        assertThat(ring.at(100)).hasValue(new long[] {100, 200});
        assertThat(ring.at(350)).hasValue(new long[] {300, 400});
        assertThat(ring.at(250)).isEmpty();
        assertThat(ring.at(401)).isEmpty();
    }

    @Test
    void shouldKeepTheLastOnes() {
        for (long i = 0; i < StallRing.CAPACITY + 10; i++) {
            ring.add(10 * i, 10 * i + 5);
        }

        assertThat(ring.at(10 * 9 + 1)).isEmpty();
        assertThat(ring.at(10 * 11 + 1)).isPresent();
        assertThat(ring.at(10L * (StallRing.CAPACITY + 9) + 1)).isPresent();
    }

    @Test
    void shouldSurviveTheClocksOverflow() {
        ring.add(Long.MAX_VALUE - 5, Long.MIN_VALUE + 5);

        assertThat(ring.at(Long.MAX_VALUE)).isPresent();
        assertThat(ring.at(Long.MIN_VALUE)).isPresent();
        assertThat(ring.at(0)).isEmpty();
    }
}
