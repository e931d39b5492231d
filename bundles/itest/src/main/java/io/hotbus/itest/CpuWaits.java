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
     * @param names of other threads, as far as there are any
     */
    CpuWaits(List<String> names) {
        try (Stream<Path> tasks = Files.list(TASKS)) {
            open(Path.of("/proc/thread-self"));
            for (Path task : tasks.toList()) {
                if (names.contains(Files.readString(task.resolve("comm")).strip())) {
                    open(task);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void open(Path task) throws IOException {
        files.add(new RandomAccessFile(task.resolve("schedstat").toFile(), "r"));
    }

    /** The sum over all of these threads since their starts. */
    long nanos() {
        try {
            long sum = 0;
            for (RandomAccessFile file : files) {
                file.seek(0);
                int length = file.read(text);
                sum += Long.parseLong(new String(text, 0, Math.max(0, length),
                        StandardCharsets.US_ASCII).split(" ")[1]);
            }
            return sum;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
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
