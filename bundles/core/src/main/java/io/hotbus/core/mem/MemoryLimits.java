// SPDX-License-Identifier: Apache-2.0
package io.hotbus.core.mem;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The limits that the machine, this process and its control groups put on further memory. A missing
 * kernel file means no limit. Any thread.
 *
 * @see <a href="https://docs.kernel.org/filesystems/proc.html">proc</a>
 * @see <a href="https://man7.org/linux/man-pages/man2/getrlimit.2.html">getrlimit</a>
 */
final class MemoryLimits {
    private static final Logger LOG = LoggerFactory.getLogger(MemoryLimits.class);
    private static final int KIB = 10;
    private static final String NEVER_OVERCOMMIT = "2";

    /**
     * @param name what sets the limit, and how to raise it
     * @param room bytes that the limit leaves; negative if more is in use than allowed
     */
    record Limit(String name, long room) {
        @Override
        public String toString() {
            return "%s MiB are left of %s".formatted(Math.max(0, room) >> 20, name);
        }
    }

    private final Path proc;

    /** {@code proc}: where proc is mounted. */
    MemoryLimits(Path proc) {
        this.proc = proc;
    }

    /** The limit that forbids {@code bytes} more of ordinary pages: the narrowest. */
    Optional<Limit> forbidding(long bytes) {
        List<Limit> limits = new ArrayList<>(ofProcess());
        String machine = read(proc.resolve("meminfo"));
        kib(machine, "MemAvailable").ifPresent(available -> limits.add(new Limit(
                "the machine's memory", available + kib(machine, "SwapFree").orElse(0L))));
        if (read(proc.resolve("sys/vm/overcommit_memory")).equals(NEVER_OVERCOMMIT)) {
            kib(machine, "CommitLimit").ifPresent(limit -> limits.add(new Limit(
                    "CommitLimit (vm.overcommit_memory=2)",
                    limit - kib(machine, "Committed_AS").orElse(0L))));
        }
        limits.addAll(ControlGroups.memory(proc));
        return narrowest(limits, bytes);
    }

    /** The limit that forbids {@code bytes} more of hugepages that are free. */
    Optional<Limit> forbiddingHugepages(long bytes) {
        List<Limit> limits = new ArrayList<>(ofProcess());
        limits.addAll(ControlGroups.hugepages(proc));
        return narrowest(limits, bytes);
    }

    private static Optional<Limit> narrowest(List<Limit> limits, long bytes) {
        LOG.debug("{} bytes wanted, limits: {}", bytes, limits);
        return limits.stream().filter(limit -> limit.room() < bytes)
                .min(Comparator.comparingLong(Limit::room));
    }

    private List<Limit> ofProcess() {
        String limits = read(proc.resolve("self/limits"));
        String status = read(proc.resolve("self/status"));
        List<Limit> found = new ArrayList<>();
        soft(limits, "Max address space").ifPresent(limit -> found.add(new Limit(
                "RLIMIT_AS (ulimit -v)", limit - kib(status, "VmSize").orElse(0L))));
        soft(limits, "Max data size").ifPresent(limit -> found.add(new Limit(
                "RLIMIT_DATA (ulimit -d)", limit - kib(status, "VmData").orElse(0L))));
        return found;
    }

    /** The limit in bytes; empty if there is none. */
    private static Optional<Long> soft(String limits, String name) {
        return number(limits, "(?m)^" + name + "\\s+(\\d+)\\s");
    }

    /** Bytes of a line {@code NAME: 123 kB}. */
    private static Optional<Long> kib(String text, String name) {
        return number(text, "(?m)^" + name + ":\\s+(\\d+) kB$").map(kib -> kib << KIB);
    }

    private static Optional<Long> number(String text, String pattern) {
        Matcher matcher = Pattern.compile(pattern).matcher(text);
        return matcher.find() ? parse(matcher.group(1)) : Optional.empty();
    }

    /** Parses a number; empty for {@code max} and for anything that is not a {@code long}. */
    static Optional<Long> parse(String text) {
        try {
            return Optional.of(Long.parseLong(text));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** The stripped contents of a file; empty if there is no file. */
    static String read(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            LOG.debug("{}", file, e);
            return "";
        }
    }
}
