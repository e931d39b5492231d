// SPDX-License-Identifier: Apache-2.0
package io.hotbus.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the kernel says about threads. */
class LcoreTimesTest {
    @Test
    void shouldReadTheTimesOfLcores(@TempDir Path tasks) throws Exception {
        Path thread = Files.createDirectory(tasks.resolve("1"));
        Files.writeString(thread.resolve("comm"), "lcore-3\n");
        Files.writeString(thread.resolve("schedstat"), "1500000000 250000000 7\n");
        Path other = Files.createDirectory(tasks.resolve("2"));
        Files.writeString(other.resolve("comm"), "control\n");
        Files.createDirectory(tasks.resolve("3")); // a thread that has ended meanwhile
        assertThat(LcoreTimes.all(tasks))
                .containsExactly(new LcoreTimes(3, 1_500_000_000, 250_000_000));
        assertThat(LcoreTimes.all(tasks.resolve("absent"))).isEmpty();
    }

    @Test
    void shouldFindARealThread() throws Exception {
        Thread lcore = new Thread(() -> {
            while (!Thread.currentThread().isInterrupted()) {
                Thread.onSpinWait();
            }
        }, "lcore-63");
        lcore.start();
        try {
            assertThat(Await.until(() -> LcoreTimes.all().stream().anyMatch(times ->
                    times.lcore() == 63 && times.runningNanos() > 1_000_000),
                    Duration.ofSeconds(10))).isTrue();
        } finally {
            lcore.interrupt();
            lcore.join();
        }
    }
}
