// SPDX-License-Identifier: Apache-2.0
package io.hotbus.os.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.hotbus.os.Linux;
import io.hotbus.os.LinuxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class LinuxPollTest {
    private final Linux linux = new LinuxCalls();
    private final List<Integer> open = new ArrayList<>();

    @AfterEach
    void close() {
        open.forEach(linux::close);
    }

    private int eventfd() throws LinuxException {
        final int fd = linux.eventfd();
        open.add(fd);
        return fd;
    }

    @Test
    void shouldPollUntilTheTimeout() throws LinuxException {
        final int eventfd = eventfd();
        final long before = System.nanoTime();

        final Linux.Polled polled = linux.pollAll(20, eventfd);

        assertThat(polled.readable().isEmpty()).isTrue();
        assertThat(polled.notOpen().isEmpty()).isTrue();
        assertThat(System.nanoTime() - before).isGreaterThan(19_000_000);
    }

    @Test
    void shouldTellWhichOfManyDescriptorsAreReadable() throws LinuxException {
        final int[] fds = new int[300];
        for (int i = 0; i < fds.length; i++) {
            fds[i] = eventfd();
        }
        linux.signal(fds[0]);
        linux.signal(fds[150]);
        linux.signal(fds[299]);

        assertThat(linux.pollAll(-1, fds).readable().stream()).containsExactly(0, 150, 299);
        linux.drain(fds[150]);
        assertThat(linux.pollAll(-1, fds).readable().stream()).containsExactly(0, 299);
    }

    @Test
    void shouldTellADescriptorThatIsNotOpenFromOneThatIsReadable() throws LinuxException {
        final int readable = eventfd();
        linux.signal(readable);

        final Linux.Polled polled = linux.pollAll(-1, Integer.MAX_VALUE, readable);

        assertThat(polled.notOpen().stream()).containsExactly(0);
        assertThat(polled.readable().stream()).containsExactly(1);
    }

    @Test
    void shouldCallAnErrorReadable() throws LinuxException {
        assumeTrue(Files.isReadable(Path.of("/dev/net/tun")), "no right to open a tun device");
        // POLLERR alone, as it belongs to no interface.
        final int unattached = linux.open("/dev/net/tun", false);
        open.add(unattached);

        final Linux.Polled polled = linux.pollAll(-1, unattached);

        assertThat(polled.readable().stream()).containsExactly(0);
        assertThat(polled.notOpen().isEmpty()).isTrue();
    }

    @Test
    void shouldGiveABitForEachOfAFewDescriptors() throws LinuxException {
        final int first = eventfd();
        final int second = eventfd();
        final int third = eventfd();
        linux.signal(first);
        linux.signal(third);

        assertThat(linux.poll(-1, first, second, third)).isEqualTo(0b101);
        assertThat(linux.poll(-1, second, Integer.MAX_VALUE)).isEqualTo(0b10);
        assertThat(linux.poll(0, second)).isZero();
        assertThatIllegalArgumentException().isThrownBy(() -> linux.poll(0, new int[33]));
    }

    @Test
    void shouldWakeAThreadThatPollsWhileTheGcRuns() throws Exception {
        final int eventfd = eventfd();
        final CountDownLatch polling = new CountDownLatch(1);
        final CompletableFuture<BitSet> poller = CompletableFuture.supplyAsync(() -> {
            try {
                polling.countDown();
                return linux.pollAll(-1, eventfd).readable();
            } catch (LinuxException e) {
                throw new AssertionError(e);
            }
        });
        polling.await();

        // A collection stops all Java threads; one that waits in a native call must not delay it.
        for (int i = 0; i < 10; i++) {
            System.gc();
        }
        assertThat(poller).isNotDone();
        linux.signal(eventfd);

        assertThat(poller.get().stream()).containsExactly(0);
    }
}
