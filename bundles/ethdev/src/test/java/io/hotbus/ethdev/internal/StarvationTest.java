// SPDX-License-Identifier: Apache-2.0
package io.hotbus.ethdev.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.ethdev.EthStats;
import org.junit.jupiter.api.Test;

final class StarvationTest {
    private static final long SECOND = 1_000_000_000;

    private final Starvation starvation = new Starvation();
    private long now = Long.MAX_VALUE - SECOND; // the clock may wrap

    private boolean began(long received, long noMbuf) {
        now += SECOND;
        return starvation.began(new EthStats(received, 0, 0, 0, noMbuf, 0, 0, 0), now);
    }

    @Test
    void shouldTellOnceAndAgainAfterItHadRecovered() {
        assertThat(began(0, 5)).isFalse();
        assertThat(began(0, 6)).isTrue();
        assertThat(began(0, 7)).isFalse();
        assertThat(began(0, 7)).isFalse();
        assertThat(began(0, 8)).isFalse();
        assertThat(began(1, 9)).isFalse();
        assertThat(began(1, 10)).isTrue();
    }

    @Test
    void shouldNotTellOfAPortThatReceivesOrHasNothingToReceive() {
        assertThat(began(0, 0)).isFalse();
        assertThat(began(0, 0)).isFalse();
        assertThat(began(10, 100)).isFalse();
        assertThat(began(11, 200)).isFalse();
    }

    @Test
    void shouldWaitForASecond() {
        assertThat(began(0, 0)).isFalse();
        assertThat(starvation.began(new EthStats(0, 0, 0, 0, 9, 0, 0, 0), now + SECOND - 1))
                .isFalse();
        assertThat(began(0, 9)).isTrue();
    }

    @Test
    void shouldNotMistakeClearedCountersOrAStopForStarving() {
        assertThat(began(50, 50)).isFalse();
        assertThat(began(0, 0)).isFalse();
        assertThat(began(0, 1)).isTrue();
        starvation.forget();
        assertThat(began(0, 9)).isFalse();
        assertThat(began(0, 10)).isTrue();
    }
}
