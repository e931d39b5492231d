// SPDX-License-Identifier: Apache-2.0
package io.hotbus.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class StoryTest {
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

    private Story story(int cycles) {
        PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);
        return new Story(out, "net_sim0", cycles);
    }

    private String printed() {
        return printed.toString(StandardCharsets.UTF_8);
    }

    @Test
    void shouldTellACycle() {
        story(3).survived(Samples.cycle(2), 1.5e6, 123_456);

        assertThat(printed()).isEqualTo("""

                cycle 2 of 3: net_sim0 is pulled out while 1.50 million packets/s go through it
                    +20.0 us  SIGBUS at 0x7f00 (net_sim0 BAR0) on thread 4711, repaired in 8.5 us
                              the lcore is through with that burst 12.0 us after the fault
                     +3.0 ms  port stopped, closed, device detached
                  plugged in again
                     +4.5 ms  attached, started, forwarding in both directions
                  the other ports have forwarded 123456 packets by now
                """);
    }

    @Test
    void shouldTellThatNobodyMetTheGap() {
        story(1).survived(Samples.quietCycle(1), 1e6, 1);

        assertThat(printed()).contains("no access met the gap: the bus noticed first",
                "+101.0 ms  port stopped");
    }

    @Test
    void shouldOnlySayHowFarItIsOfManyCycles() {
        Story story = story(1000);
        for (int number = 4; number <= 1000; number++) {
            story.survived(Samples.cycle(number), 1e6, number);
        }

        assertThat(printed().lines()).hasSize(20)
                .first().isEqualTo("cycle 50 of 1000 survived, "
                        + "50 packets forwarded by the other ports");
    }

    @Test
    void shouldSumUp() {
        story(2).end(Samples.good());
        assertThat(printed()).contains("2 of 2 removals survived, 1 faults repaired",
                "fault to resume      p50 12.0 us, p99 12.0 us, max 12.0 us",
                "yank to detached     p50 3.0 ms, p99 101.0 ms, max 101.0 ms",
                "1000000 packets forwarded, 0 of 64 lost").doesNotContain("FAILED");
    }

    @Test
    void shouldSayWhatFailed() {
        story(2).end(Samples.failed());
        assertThat(printed()).contains("1 of 2 removals survived",
                "FAILED: cycle 2: net_sim0 was not detached within 20 s");
    }
}
