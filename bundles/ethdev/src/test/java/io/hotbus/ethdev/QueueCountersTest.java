// SPDX-License-Identifier: Apache-2.0
package io.hotbus.ethdev;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

final class QueueCountersTest {
    @Test
    void shouldCountFromTheLastReset() {
        QueueCounters counters = new QueueCounters();
        counters.add(32, 2048);
        counters.addErrors(3);
        counters.addNoMbuf();
        counters.reset();
        counters.add(2, 128);
        counters.addErrors(1);

        assertThat(counters.packets()).isEqualTo(2);
        assertThat(counters.bytes()).isEqualTo(128);
        assertThat(counters.errors()).isOne();
        assertThat(counters.noMbuf()).isZero();
    }

    @Test
    void shouldAddUpQueues() {
        QueueCounters rx0 = new QueueCounters();
        QueueCounters rx1 = new QueueCounters();
        QueueCounters tx = new QueueCounters();
        rx0.add(1, 60);
        rx0.addNoMbuf();
        rx1.add(2, 120);
        rx1.addErrors(5);
        tx.add(4, 240);
        tx.addErrors(6);

        assertThat(QueueCounters.total(List.of(rx0, rx1), List.of(tx), 7))
                .isEqualTo(new EthStats(3, 180, 5, 7, 1, 4, 240, 6));
    }

    /** A reader never sees a count fall, or below zero, and resets take nothing from the writer. */
    @Test
    @Timeout(300)
    void shouldBeReadAndResetWhileTheQueueCounts() throws Exception {
        int bursts = 2_000_000;
        QueueCounters counters = new QueueCounters();
        QueueCounters neverReset = new QueueCounters();
        CountDownLatch counting = new CountDownLatch(1);
        ExecutorService lcore = Executors.newSingleThreadExecutor();
        try {
            Future<?> writer = lcore.submit(() -> {
                counting.countDown();
                for (int i = 0; i < bursts; i++) {
                    counters.add(32, 2048);
                    neverReset.add(32, 2048);
                }
            });
            counting.await();
            long last = 0;
            for (int reads = 0; !writer.isDone(); reads++) {
                assertThat(counters.packets()).isNotNegative();
                long now = neverReset.packets();
                assertThat(now).isGreaterThanOrEqualTo(last);
                last = now;
                if (reads % 10 == 0) {
                    counters.reset();
                }
            }
            writer.get();
            assertThat(neverReset.packets()).isEqualTo(32L * bursts);
            assertThat(neverReset.bytes()).isEqualTo(2048L * bursts);
            counters.reset();
            assertThat(counters.packets()).isZero();
        } finally {
            lcore.shutdownNow();
        }
    }
}
