// SPDX-License-Identifier: Apache-2.0
package io.hotbus.core.mem;

import io.hotbus.core.mem.MemoryLimits.Limit;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * The control groups (v1 and v2) of this process. The limits of all folders apply, from the
 * process's own folder up to the mount point of the hierarchy.
 *
 * @see <a href="https://docs.kernel.org/admin-guide/cgroup-v2.html">cgroup v2</a>
 * @see <a href="https://docs.kernel.org/admin-guide/cgroup-v1/hugetlb.html">hugetlb, v1</a>
 */
final class ControlGroups {
    /** A blank in a path, as mountinfo writes it. */
    private static final String BLANK = "\\040";

    private ControlGroups() {
    }

    /** The limits on memory of any kind. */
    static List<Limit> memory(Path proc) {
        return limits(proc, "memory", List.of(
                group -> limit(group, "memory.max", "memory.current",
                        "(in)?active_file"),
                group -> limit(group, "memory.limit_in_bytes", "memory.usage_in_bytes",
                        "total_(in)?active_file")));
    }

    /** The limits on 2 MiB hugepages: on pages in use, and on pages reserved by mmap. */
    static List<Limit> hugepages(Path proc) {
        List<Function<Path, Optional<Limit>>> files = List.of(
                group -> limit(group, "hugetlb.2MB.max", "hugetlb.2MB.current", ""),
                group -> limit(group, "hugetlb.2MB.rsvd.max", "hugetlb.2MB.rsvd.current", ""),
                group -> limit(group, "hugetlb.2MB.limit_in_bytes", "hugetlb.2MB.usage_in_bytes",
                        ""),
                group -> limit(group, "hugetlb.2MB.rsvd.limit_in_bytes",
                        "hugetlb.2MB.rsvd.usage_in_bytes", ""));
        return limits(proc, "hugetlb", files);
    }

    private static List<Limit> limits(
            Path proc, String controller, List<Function<Path, Optional<Limit>>> files) {
        List<Limit> limits = new ArrayList<>();
        for (Path group : groups(proc, controller)) {
            files.forEach(file -> file.apply(group).ifPresent(limits::add));
        }
        return limits;
    }

    /**
     * The limit of one group. {@code cache}: the lines of memory.stat that count memory which the
     * kernel can reclaim.
     */
    private static Optional<Limit> limit(Path group, String max, String used, String cache) {
        Path file = group.resolve(max);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        long freed = MemoryLimits.read(group.resolve("memory.stat")).lines()
                .filter(line -> line.matches(cache + " \\d+"))
                .mapToLong(line -> Long.parseLong(line.substring(line.indexOf(' ') + 1))).sum();
        return MemoryLimits.parse(MemoryLimits.read(file)).map(limit -> new Limit(
                "the control group's limit " + file + " (" + limit + " bytes)",
                limit - MemoryLimits.parse(MemoryLimits.read(group.resolve(used))).orElse(0L)
                        + freed));
    }

    /** The folders whose limits apply to the process, its own first. */
    private static List<Path> groups(Path proc, String controller) {
        List<Path> groups = new ArrayList<>();
        for (String line : MemoryLimits.read(proc.resolve("self/cgroup")).split("\n")) {
            String[] fields = line.split(":", 3);
            boolean unified = fields.length == 3 && fields[1].isEmpty();
            if (unified || fields.length == 3
                    && Arrays.asList(fields[1].split(",")).contains(controller)) {
                groups.addAll(folders(proc, unified ? "" : controller, fields[2]));
            }
        }
        return groups;
    }

    private static List<Path> folders(Path proc, String controller, String group) {
        List<Path> folders = new ArrayList<>();
        for (String line : MemoryLimits.read(proc.resolve("self/mountinfo")).split("\n")) {
            String[] sides = line.split(" - ", 2);
            String[] left = sides[0].split(" ");
            if (sides.length < 2 || left.length < 5 || !isHierarchy(sides[1], controller)) {
                continue;
            }
            Path mount = Path.of(left[4].replace(BLANK, " "));
            Path root = Path.of(left[3].replace(BLANK, " "));
            Path inside = Path.of(group);
            // In a container the mount shows the group itself, whatever the kernel calls it.
            Path folder = inside.startsWith(root)
                    ? mount.resolve(root.relativize(inside)).normalize() : mount;
            for (; folder != null && folder.startsWith(mount); folder = folder.getParent()) {
                folders.add(folder);
            }
            return folders;
        }
        return folders;
    }

    /** {@code mounted}: file system type, source, options. */
    private static boolean isHierarchy(String mounted, String controller) {
        String[] fields = mounted.split(" ");
        return controller.isEmpty() ? fields[0].equals("cgroup2") : fields[0].equals("cgroup")
                && Arrays.asList(fields[fields.length - 1].split(",")).contains(controller);
    }
}
