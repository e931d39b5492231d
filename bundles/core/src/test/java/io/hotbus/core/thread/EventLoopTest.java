// SPDX-License-Identifier: Apache-2.0
package io.hotbus.core.thread;

import static io.hotbus.core.testing.TestOs.LINUX;
import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.core.testing.LogLines;
import io.hotbus.core.testing.TestOs;
import io.hotbus.core.testing.Waiting;
import io.hotbus.os.LinuxException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.event.Level;

@Timeout(60)
class EventLoopTest {
    private static final String NAME = "loop-under-test";

    @Test
    void shouldRunTasksInOrderOnItsThread() throws LinuxException {
        List<String> ran = new CopyOnWriteArrayList<>();
        CountDownLatch done = new CountDownLatch(1);
        try (EventLoop loop = new EventLoop(LINUX, NAME, () -> { })) {
            loop.execute(() -> ran.add("first on " + Thread.currentThread().getName()));
            loop.execute(() -> ran.add("second"));
            loop.execute(done::countDown);
            loop.start();
            Waiting.await(done);
        }
        assertThat(ran).containsExactly("first on " + NAME, "second");
    }

    @Test
    void shouldRunLaterTasksWhenDueAndInOrderOfTheirTimes() throws LinuxException {
        List<String> ran = new CopyOnWriteArrayList<>();
        CountDownLatch done = new CountDownLatch(1);
        long start = System.nanoTime();
        try (EventLoop loop = new EventLoop(LINUX, NAME, () -> { })) {
            loop.start();
            loop.schedule(Duration.ofMillis(60), done::countDown);
            loop.schedule(Duration.ofMillis(30), () -> ran.add("30 ms"));
            loop.schedule(Duration.ZERO, () -> ran.add("at once"));
            Waiting.await(done);
        }
        assertThat(ran).containsExactly("at once", "30 ms");
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(60_000_000);
    }

    @Test
    void shouldGoOnAfterATaskThatThrows() throws LinuxException {
        CountDownLatch done = new CountDownLatch(1);
        try (LogLines log = new LogLines();
                EventLoop loop = new EventLoop(LINUX, NAME, () -> { })) {
            loop.start();
            loop.execute(() -> {
                throw new NoClassDefFoundError("of a bundle that is gone");
            });
            loop.execute(done::countDown);
            Waiting.await(done);

            assertThat(log.of(Level.ERROR)).containsExactly(NAME + ": unexpected, going on");
        }
    }

    @Test
    void shouldRunTheReaderOfADescriptorThatIsReadable() throws LinuxException {
        int fd = LINUX.eventfd();
        CountDownLatch twice = new CountDownLatch(2);
        try (EventLoop loop = new EventLoop(LINUX, NAME, () -> LINUX.close(fd))) {
            loop.watch(fd, () -> {
                try {
                    assertThat(LINUX.drain(fd)).isTrue();
                    twice.countDown();
                    if (twice.getCount() == 1) {
                        LINUX.signal(fd);
                    }
                } catch (LinuxException e) {
                    throw new UncheckedIOException(e);
                }
            });
            loop.start();
            LINUX.signal(fd);
            Waiting.await(twice);
        }
    }

    @Test
    void shouldLeaveNoThreadAndNoDescriptorBehind() throws IOException {
        long before = TestOs.openDescriptors();
        CountDownLatch ended = new CountDownLatch(1);
        EventLoop loop = new EventLoop(LINUX, NAME, ended::countDown);
        loop.start();
        loop.schedule(Duration.ofDays(1), () -> { });

        loop.close();
        loop.close();

        Waiting.await(ended);
        assertThat(Waiting.isAlive(NAME)).isFalse();
        assertThat(TestOs.openDescriptors()).isEqualTo(before);
        loop.execute(() -> { }); // too late, and harmless
    }

    @Test
    void shouldCloseWithoutHavingBeenStarted() throws IOException {
        long before = TestOs.openDescriptors();
        CountDownLatch ended = new CountDownLatch(1);

        new EventLoop(LINUX, NAME, ended::countDown).close();

        Waiting.await(ended);
        assertThat(TestOs.openDescriptors()).isEqualTo(before);
    }

    @Test
    void shouldBeClosedByItsOwnThread() throws LinuxException {
        CountDownLatch ended = new CountDownLatch(1);
        EventLoop loop = new EventLoop(LINUX, NAME, ended::countDown);
        loop.start();
        loop.execute(loop::close);
        Waiting.await(ended);
        Waiting.until("the thread ends", () -> !Waiting.isAlive(NAME));
    }
}
