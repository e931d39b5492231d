// SPDX-License-Identifier: Apache-2.0
package io.hotbus.core.thread;

import static io.hotbus.core.testing.TestOs.LINUX;
import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.core.testing.Calls;
import io.hotbus.core.testing.LogLines;
import io.hotbus.core.testing.TestOs;
import io.hotbus.core.testing.Waiting;
import io.hotbus.os.Linux;
import io.hotbus.os.LinuxException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.event.Level;

@Timeout(300)
class EventLoopTest {
    private static final String NAME = "loop-under-test";
    /** Higher than any that may be. */
    private static final int NOT_OPEN = Integer.MAX_VALUE;

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
            loop.execute(() -> { // so that none begins before all are scheduled
                loop.schedule(Duration.ofMillis(1000), done::countDown);
                loop.schedule(Duration.ofMillis(500), () -> ran.add("500 ms"));
                loop.schedule(Duration.ZERO, () -> ran.add("at once"));
            });
            Waiting.await(done);
        }
        assertThat(ran).containsExactly("at once", "500 ms");
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(1_000_000_000);
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
    void shouldWatchAnyNumberOfDescriptors() throws LinuxException {
        int[] fds = new int[200];
        CountDownLatch all = new CountDownLatch(fds.length);
        try (EventLoop loop = new EventLoop(LINUX, NAME, () -> { })) {
            loop.start();
            for (int i = 0; i < fds.length; i++) {
                int fd = LINUX.eventfd();
                fds[i] = fd;
                loop.watch(fd, () -> {
                    drain(fd);
                    all.countDown();
                });
            }
            for (int fd : fds) {
                LINUX.signal(fd);
            }
            Waiting.await(all);
        }
        for (int fd : fds) {
            LINUX.close(fd);
        }
    }

    @Test
    void shouldNotLetADescriptorThatStaysReadableStarveTheRest() throws LinuxException {
        int greedy = LINUX.eventfd();
        int modest = LINUX.eventfd();
        LINUX.signal(greedy);
        CountDownLatch rest = new CountDownLatch(3);
        try (EventLoop loop = new EventLoop(LINUX, NAME, () -> { })) {
            loop.watch(greedy, () -> loop.execute(() -> { }));
            loop.watch(modest, () -> {
                drain(modest);
                rest.countDown();
            });
            loop.start();
            loop.execute(rest::countDown);
            loop.schedule(Duration.ofMillis(5), rest::countDown);
            LINUX.signal(modest);
            Waiting.await(rest);
        }
        LINUX.close(greedy);
        LINUX.close(modest);
    }

    @Test
    void shouldNotLetATaskThatHandsItselfInAgainStarveTheReaders() throws LinuxException {
        int fd = LINUX.eventfd();
        CountDownLatch read = new CountDownLatch(1);
        try (EventLoop loop = new EventLoop(LINUX, NAME, () -> { })) {
            Runnable[] again = new Runnable[1];
            again[0] = () -> loop.execute(again[0]);
            loop.watch(fd, () -> {
                drain(fd);
                read.countDown();
            });
            loop.start();
            loop.execute(again[0]);
            LINUX.signal(fd);
            Waiting.await(read);
        }
        LINUX.close(fd);
    }

    @Test
    void shouldNotPollADescriptorThatIsUnwatched() throws LinuxException {
        int fd = LINUX.eventfd();
        Runnable reader = () -> { };
        Set<Integer> polled = ConcurrentHashMap.newKeySet();
        CountDownLatch polling = new CountDownLatch(1);
        Linux linux = Calls.around(Linux.class, LINUX, "pollAll", (arguments, poll) -> {
            List<Integer> fds = Arrays.stream((int[]) arguments[1]).boxed().toList();
            polled.addAll(fds);
            if (fds.contains(fd)) {
                polling.countDown();
            }
            try {
                return poll.call();
            } finally {
                fds.forEach(polled::remove);
            }
        });
        try (EventLoop loop = new EventLoop(linux, NAME, () -> { })) {
            loop.watch(fd, reader);
            loop.start();
            Waiting.await(polling);

            loop.unwatch(fd, reader);

            assertThat(polled).doesNotContain(fd);
        }
        LINUX.close(fd);
    }

    @Test
    void shouldGiveUpADescriptorThatWasClosedWhileWatched() throws LinuxException {
        int fd = NOT_OPEN;
        CountDownLatch withoutIt = new CountDownLatch(1);
        CountDownLatch withIt = new CountDownLatch(1);
        Linux linux = Calls.before(Linux.class, LINUX, "pollAll", arguments ->
                (((int[]) arguments[1]).length == 1 ? withoutIt : withIt).countDown());
        try (LogLines log = new LogLines();
                EventLoop loop = new EventLoop(linux, NAME, () -> { })) {
            loop.watch(fd, new Runnable() {
                @Override
                public void run() {
                    throw new AssertionError("it is not readable");
                }

                @Override
                public String toString() {
                    return "the reader of eth0";
                }
            });
            loop.start();
            Waiting.await(withIt);
            Waiting.await(withoutIt);

            assertThat(log.of(Level.ERROR)).singleElement().asString().contains(NAME,
                    "descriptor " + fd + " was closed while the reader of eth0 still watched it");
        }
    }

    @Test
    void shouldRunTheLatestReaderOfADescriptorThatWasClosedAndOpenedAgain() throws LinuxException {
        int fd = LINUX.eventfd();
        Runnable old = () -> {
            throw new AssertionError("of a descriptor that was closed");
        };
        CountDownLatch read = new CountDownLatch(1);
        try (LogLines log = new LogLines();
                EventLoop loop = new EventLoop(LINUX, NAME, () -> { })) {
            loop.watch(fd, old);
            loop.watch(fd, () -> {
                drain(fd);
                read.countDown();
            });
            loop.unwatch(fd, old);
            loop.start();
            LINUX.signal(fd);
            Waiting.await(read);

            assertThat(log.of(Level.ERROR)).singleElement().asString()
                    .contains("descriptor " + fd + " was closed while");
        }
        LINUX.close(fd);
    }

    private static void drain(int fd) {
        try {
            LINUX.drain(fd);
        } catch (LinuxException e) {
            throw new UncheckedIOException(e);
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
