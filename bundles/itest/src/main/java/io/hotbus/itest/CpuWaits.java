// SPDX-License-Identifier: Apache-2.0
package io.hotbus.itest;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * How long some threads have waited for a CPU although they had work: what a machine with more CPUs
 * would not take. One thread. Source: {@code Documentation/scheduler/sched-stats.rst}.
 */
final class CpuWaits implements AutoCloseable {
    private static final Path TASKS = Path.of("/proc/self/task");

    private final List<RandomAccessFile> files = new ArrayList<>();
    private final byte[] text = new byte[128];

    /**
     * Watches the calling thread, and others.
     *
     * @param name that of the other threads, as far as there are any
     */
    CpuWaits(String name) {
        try (Stream<Path> tasks = Files.list(TASKS)) {
            open(Path.of("/proc/thread-self"));
            tasks.filter(task -> isNamed(task, name)).forEach(this::open);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isNamed(Path task, String name) {
        try {
            return Files.readString(task.resolve("comm")).strip().equals(name);
        } catch (IOException e) {
            return false; // it has ended
        }
    }

    private void open(Path task) {
        try {
            files.add(new RandomAccessFile(task.resolve("schedstat").toFile(), "r"));
        } catch (IOException e) {
            return; // it has ended
        }
    }

    /** The sum over all of these threads that still run, since their starts. */
    long nanos() {
        long sum = 0;
        for (RandomAccessFile file : files) {
            try {
                file.seek(0);
                int length = file.read(text);
                sum += Long.parseLong(new String(text, 0, Math.max(0, length),
                        StandardCharsets.US_ASCII).split(" ")[1]);
            } catch (IOException e) {
                continue; // it has ended
            }
        }
        return sum;
    }

    @Override
    public void close() {
        for (RandomAccessFile file : files) {
            try {
                file.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
