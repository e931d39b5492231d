// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class AwaitTest {
    @Test
    void shouldLookUntilTheConditionHolds() {
        AtomicInteger looks = new AtomicInteger();

        Await.until("the third look", () -> looks.incrementAndGet() == 3);

        assertThat(looks).hasValue(3);
    }

    @Test
    void shouldGiveUpAfterTheLimit() {
        assertThat(Await.reached(() -> false, Duration.ofMillis(5))).isFalse();
    }

    @Test
    void shouldGiveUpWhereTheTestIsInterrupted() {
        Thread.currentThread().interrupt();

        assertThat(Await.reached(() -> false)).isFalse();
    }
}
