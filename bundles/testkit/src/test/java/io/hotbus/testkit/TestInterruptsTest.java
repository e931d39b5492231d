// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.eal.hotplug.Lease;
import io.hotbus.os.Linux;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class TestInterruptsTest {
    private final Linux linux = TestOs.linux();
    private final TestInterrupts interrupts = new TestInterrupts();

    @AfterEach
    void end() {
        assertThat(interrupts.open()).isZero();
        interrupts.close();
    }

    @Test
    void shouldCallTheReaderOfADescriptorUntilItsLeaseIsClosed() throws Exception {
        int fd = linux.eventfd();
        AtomicInteger calls = new AtomicInteger();
        Lease lease = interrupts.watch(fd, calls::incrementAndGet);
        linux.signal(fd);
        Await.until("the reader is called", () -> calls.get() > 1);

        lease.close();

        int last = calls.get();
        interrupts.drain();
        assertThat(calls).hasValue(last);
        assertThat(interrupts.rounds()).as("of periodic tasks").isZero();
        linux.close(fd);
    }

    @Test
    void shouldCountRoundsAndLeases() {
        Lease lease = interrupts.every(Duration.ofMillis(1), () -> { });
        assertThat(interrupts.open()).isEqualTo(1);
        Await.until("two rounds", () -> interrupts.rounds() >= 2);

        lease.close();
        lease.close();
    }

    @Test
    void shouldLetATaskCloseItsOwnLease() {
        Lease[] lease = new Lease[1];
        interrupts.execute(() -> lease[0] = interrupts.every(
                Duration.ofMillis(1), () -> lease[0].close()));

        Await.until("the task has run once", () -> interrupts.rounds() == 1);
        interrupts.drain();

        assertThat(interrupts.rounds()).isEqualTo(1);
    }
}
