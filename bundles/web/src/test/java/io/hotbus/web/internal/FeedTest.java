// SPDX-License-Identifier: Apache-2.0
package io.hotbus.web.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a watcher is told while the state changes often. */
class FeedTest {
    private final AtomicInteger state = new AtomicInteger();
    private final Feed feed = new Feed(() -> List.of(state.get()));
    private final BlockingQueue<String> told = new LinkedBlockingQueue<>();
    private final AtomicInteger events = new AtomicInteger();

    @AfterEach
    void close() {
        feed.close();
    }

    private void watch() {
        feed.watch(event -> {
            events.incrementAndGet();
            told.add(new String(event, StandardCharsets.UTF_8));
        });
    }

    private void awaitTold(int value) throws InterruptedException {
        String event = "";
        while (!event.contains("[" + value + "]")) {
            event = told.poll(120, TimeUnit.SECONDS);
            assertThat(event).as("event that tells of %s", value).isNotNull();
        }
    }

    @Test
    void shouldTellANewWatcher() throws InterruptedException {
        state.set(7);
        watch();
        awaitTold(7);
    }

    @Test
    void shouldTellOfAStormOfChangesTenTimesASecondAndOfTheLastOne() throws InterruptedException {
        watch();
        awaitTold(0);
        final long start = System.nanoTime();
        while (System.nanoTime() - start < TimeUnit.MILLISECONDS.toNanos(500)) {
            state.incrementAndGet();
            feed.soon();
        }
        awaitTold(state.get());
        final long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
        // One each second comes by itself, at any moment.
        assertThat(events.get()).isLessThanOrEqualTo((int) (millis / 100 + millis / 1000 + 3));
    }
}
