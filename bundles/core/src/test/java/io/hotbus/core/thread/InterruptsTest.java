// SPDX-License-Identifier: Apache-2.0
package io.hotbus.core.thread;

import static io.hotbus.core.testing.TestOs.LINUX;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.hotbus.core.testing.LogLines;
import io.hotbus.core.testing.TestOs;
import io.hotbus.core.testing.Waiting;
import io.hotbus.eal.hotplug.Lease;
import io.hotbus.os.LinuxException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.event.Level;

@Timeout(300)
class InterruptsTest {
    private static final Duration SHORT = Duration.ofMillis(1);

    private final BlockingQueue<String> ran = new LinkedBlockingQueue<>();
    private final List<Integer> open = new ArrayList<>();
    private Interrupts interrupts;
    private LogLines log;

    @BeforeEach
    void start() throws LinuxException {
        interrupts = new Interrupts(LINUX);
        log = new LogLines();
    }

    @AfterEach
    void end() {
        log.close();
        interrupts.close();
        open.forEach(LINUX::close);
    }

    private int eventfd() throws LinuxException {
        int fd = LINUX.eventfd();
        open.add(fd);
        return fd;
    }

    private static void drain(int fd) {
        try {
            LINUX.drain(fd);
        } catch (LinuxException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String nextRun() throws InterruptedException {
        return ran.poll(120, TimeUnit.SECONDS);
    }

    /** When it returns, whatever was to run by now has. */
    private void settle() throws LinuxException {
        int fd = eventfd();
        LINUX.signal(fd);
        CountDownLatch twice = new CountDownLatch(2);
        try (Lease lease = interrupts.watch(fd, twice::countDown)) {
            Waiting.await(twice);
        }
    }

    @Test
    void shouldRunTheReaderOnTheInterruptThread() throws Exception {
        int fd = eventfd();
        interrupts.watch(fd, () -> {
            drain(fd);
            ran.add(Thread.currentThread().getName());
        });

        LINUX.signal(fd);
        assertThat(nextRun()).isEqualTo("interrupt");
        LINUX.signal(fd);
        assertThat(nextRun()).isEqualTo("interrupt");
    }

    @Test
    void shouldNotRunAReaderWhoseLeaseIsClosed() throws Exception {
        int fd = eventfd();
        LINUX.signal(fd);
        Lease lease = interrupts.watch(fd, () -> ran.add("read"));
        assertThat(nextRun()).isEqualTo("read"); // and again and again, as it is not drained

        lease.close();
        lease.close();

        ran.clear();
        settle();
        assertThat(ran).isEmpty();
    }

    @Test
    void shouldWaitForTheReaderThatRuns() throws Exception {
        int fd = eventfd();
        CountDownLatch reading = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        Lease lease = interrupts.watch(fd, () -> {
            reading.countDown();
            Waiting.await(goOn);
            ran.add("read");
        });
        LINUX.signal(fd);
        Waiting.await(reading);
        Thread closer = new Thread(() -> {
            lease.close();
            ran.add("closed");
        });

        closer.start();
        Waiting.untilBlocked(closer);
        goOn.countDown();

        assertThat(nextRun()).isEqualTo("read");
        assertThat(nextRun()).isEqualTo("closed");
        Waiting.join(closer);
        settle();
        assertThat(ran).isEmpty();
    }

    @Test
    void shouldNotWaitForTheReaderOfAnother() throws Exception {
        int busy = eventfd();
        int idle = eventfd();
        CountDownLatch reading = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        interrupts.watch(busy, () -> {
            drain(busy);
            reading.countDown();
            Waiting.await(goOn);
        });
        Lease lease = interrupts.watch(idle, () -> ran.add("read"));
        LINUX.signal(busy);
        Waiting.await(reading);

        lease.close();

        LINUX.signal(idle);
        goOn.countDown();
        settle();
        assertThat(ran).isEmpty();
    }

    @Test
    void shouldLetAReaderCloseItsOwnLease() throws Exception {
        int fd = eventfd();
        LINUX.signal(fd);
        CountDownLatch leased = new CountDownLatch(1);
        Lease[] lease = new Lease[1];
        lease[0] = interrupts.watch(fd, () -> {
            Waiting.await(leased);
            lease[0].close();
            ran.add("closed");
        });
        leased.countDown();

        assertThat(nextRun()).isEqualTo("closed");
        settle();
        assertThat(ran).isEmpty();
    }

    @Test
    void shouldGoOnAfterAReaderThatThrows() throws Exception {
        int fd = eventfd();
        interrupts.watch(fd, () -> {
            drain(fd);
            ran.add("read");
            throw new NoClassDefFoundError("of a bundle that is gone");
        });

        LINUX.signal(fd);
        assertThat(nextRun()).isEqualTo("read");
        LINUX.signal(fd);
        assertThat(nextRun()).isEqualTo("read");

        settle();
        assertThat(log.of(Level.ERROR)).hasSize(2).allSatisfy(line ->
                assertThat(line).contains("InterruptsTest").contains("failed on interrupt"));
    }

    @Test
    void shouldNameTheReaderOfADescriptorThatWasClosed() throws Exception {
        int fd = Integer.MAX_VALUE; // higher than any that may be open
        Lease lease = interrupts.watch(fd, () -> ran.add("read"));
        settle();

        assertThat(log.of(Level.ERROR)).singleElement().asString()
                .contains("interrupt: descriptor " + fd, "InterruptsTest");
        lease.close();
        assertThat(ran).isEmpty();
    }

    @Test
    void shouldLeaveNoErrorWhereTheDescriptorIsClosedAfterTheLease() throws Exception {
        for (int i = 0; i < 200; i++) {
            int fd = LINUX.eventfd();
            LINUX.signal(fd);
            interrupts.watch(fd, () -> { }).close();
            LINUX.close(fd);
        }
        settle();
        assertThat(log.of(Level.ERROR)).isEmpty();
    }

    @Test
    void shouldRunATaskPeriodically() throws Exception {
        long start = System.nanoTime();
        interrupts.every(Duration.ofMillis(20), () -> {
            ran.add(Thread.currentThread().getName());
            throw new IllegalStateException("which does not end it");
        });

        for (int i = 1; i <= 3; i++) {
            assertThat(nextRun()).isEqualTo("interrupt");
            assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(i * 20_000_000L);
        }
    }

    @Test
    void shouldEndATaskWithItsLease() throws Exception {
        AtomicInteger inside = new AtomicInteger();
        Lease lease = interrupts.every(SHORT, () -> {
            inside.incrementAndGet();
            ran.add("task");
            inside.decrementAndGet();
        });
        assertThat(nextRun()).isEqualTo("task");

        lease.close();

        assertThat(inside).hasValue(0);
        ran.clear();
        CountDownLatch later = new CountDownLatch(3);
        interrupts.every(Duration.ofMillis(2), later::countDown);
        Waiting.await(later);
        assertThat(ran).isEmpty();
    }

    @Test
    void shouldLetATaskCloseItsOwnLease() throws Exception {
        Lease[] lease = new Lease[1];
        lease[0] = interrupts.every(Duration.ofMillis(50), () -> {
            lease[0].close();
            ran.add("task");
        });

        assertThat(nextRun()).isEqualTo("task");
        CountDownLatch later = new CountDownLatch(2);
        interrupts.every(Duration.ofMillis(50), later::countDown);
        Waiting.await(later);
        assertThat(ran).isEmpty();
    }

    @Test
    void shouldRefuseAPeriodThatIsNone() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> interrupts.every(Duration.ZERO, () -> { }));
    }

    @Test
    void shouldLeaveNothingBehindAndTakeLateCalls() throws IOException {
        long before = TestOs.openDescriptors();
        Interrupts another = new Interrupts(LINUX);
        int fd = eventfd();
        Lease lease = another.watch(fd, () -> ran.add("read"));
        another.every(SHORT, () -> { });

        another.close();
        another.close();

        assertThat(TestOs.openDescriptors()).isEqualTo(before + 1);
        LINUX.signal(fd);
        another.watch(fd, () -> ran.add("read")).close();
        another.every(SHORT, () -> ran.add("task")).close();
        lease.close();
        assertThat(ran).isEmpty();
    }
}
