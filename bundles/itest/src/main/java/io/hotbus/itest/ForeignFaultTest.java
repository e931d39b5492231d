// SPDX-License-Identifier: Apache-2.0
package io.hotbus.itest;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.eal.hotplug.FailureHandling;
import io.hotbus.eal.hotplug.Lease;
import io.hotbus.eal.io.Fill;
import io.hotbus.eal.io.Mmio;
import io.hotbus.eal.io.MmioMapper;
import io.hotbus.eal.io.MmioWindows;
import io.hotbus.os.Linux;
import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;

/** Tests that faults outside our windows reach the JVM as they would without our handler. */
class ForeignFaultTest {
    private static final long SIZE = 1 << 18;
    private static final int ATTEMPTS = 64;

    @TempDir
    Path folder;
    private Application application;
    private Lease failureHandling;

    @BeforeEach
    void start() throws Exception {
        application = new Application();
        failureHandling = application.service(FailureHandling.class).enable();
    }

    @AfterEach
    void stop() throws Exception {
        application.close();
        failureHandling.close();
    }

    @Test
    void shouldEndInInternalErrorForAMappedByteBuffer() throws Exception {
        Path file = folder.resolve("file");
        Files.write(file, new byte[(int) SIZE]);
        assertInternalErrorOnceTruncated(file, map(file));
    }

    @Test
    void shouldEndInInternalErrorAtAnAddressThatAReleasedWindowHad() throws Exception {
        // The kernel gives the freed range to the next mapping of its size, unless another thread
        // of the JVM was faster.
        List<MappedByteBuffer> others = new ArrayList<>();
        for (int i = 0; i < ATTEMPTS; i++) {
            Path file = folder.resolve("file" + i);
            Files.write(file, new byte[(int) SIZE]);
            long address = addressOfAReleasedWindow();
            MappedByteBuffer buffer = map(file);
            if (addressOf(file) == address) {
                assertInternalErrorOnceTruncated(file, buffer);
                return;
            }
            others.add(buffer);
        }
        throw new AssertionError("none of " + others.size() + " mappings landed on a window's");
    }

    @Test
    void shouldDoSoAfterAllUsersOfTheLibraryWereUpdated() throws Exception {
        long mappings = mappingsOfTheLibrary();
        stop();
        Bundles.update(
                Bundles.named("core"), Bundles.named("bus.pci"), Bundles.named("net.sim"));
        Waiting.until("core does not return",
                () -> Bundles.named("core").getState() == Bundle.ACTIVE);
        start();

        try (FaultyWindow window = new FaultyWindow(application)) {
            window.fault();
        }
        shouldEndInInternalErrorForAMappedByteBuffer();
        assertThat(mappingsOfTheLibrary()).isPositive().isEqualTo(mappings);
    }

    private static long mappingsOfTheLibrary() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/maps")).stream()
                .filter(line -> line.contains("libhotbus")).count();
    }

    private long addressOfAReleasedWindow() throws Exception {
        Linux linux = application.service(Linux.class);
        MmioMapper mapper = application.service(MmioMapper.class);
        MmioWindows owner = new MmioWindows("itest");
        int fd = linux.memfd("itest", SIZE);
        Mmio window = mapper.map(owner, new MmioMapper.Source("BAR0", fd, 0, SIZE, Fill.ONES));
        linux.truncate(fd, 0);
        linux.close(fd);
        assertThat(window.read64(0)).isEqualTo(-1);
        mapper.release(owner, window);
        return window.address();
    }

    private static MappedByteBuffer map(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            return channel.map(FileChannel.MapMode.READ_WRITE, 0, SIZE);
        }
    }

    /** The address at which the kernel has mapped {@code file}. */
    private static long addressOf(Path file) throws IOException {
        String line = Files.readAllLines(Path.of("/proc/self/maps")).stream()
                .filter(l -> l.endsWith(file.toString())).findFirst().orElseThrow();
        return Long.parseUnsignedLong(line.substring(0, line.indexOf('-')), 16);
    }

    private static void assertInternalErrorOnceTruncated(Path file, MappedByteBuffer buffer)
            throws IOException, InterruptedException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(0);
        }
        assertThat(thrownBy(() -> sum(buffer))).isInstanceOf(InternalError.class);
    }

    /**
     * Runs {@code access} and returns what it throws. Uses a separate thread that lives on for a
     * while, because the JVM throws the error of a fault in compiled code some time after the
     * access.
     */
    private static Throwable thrownBy(Runnable access) throws InterruptedException {
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        long deadline =
                System.nanoTime() + TimeUnit.SECONDS.toNanos(Application.DEADLINE_SECONDS);
        Thread thread = new Thread(() -> {
            access.run();
            while (System.nanoTime() < deadline) {
                Thread.yield();
            }
        }, "itest-access");
        thread.setUncaughtExceptionHandler((t, e) -> thrown.set(e));
        thread.start();
        thread.join();
        return thrown.get();
    }

    private static long sum(MappedByteBuffer buffer) {
        long sum = 0;
        for (int i = 0; i < buffer.capacity(); i += 512) {
            sum += buffer.get(i);
        }
        return sum;
    }
}
