// SPDX-License-Identifier: Apache-2.0
package io.hotbus.core.mem;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.core.mem.MemoryLimits.Limit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MemoryLimitsTest {
    private static final long MIB = 1 << 20;

    @TempDir
    private Path root;
    private MemoryLimits limits;

    @BeforeEach
    void aMachineOfOneGibibyte() throws IOException {
        write("meminfo", "MemTotal: 2097152 kB\nMemAvailable:    1048576 kB\n"
                + "SwapFree:              0 kB\nCommitLimit:    524288 kB\n"
                + "Committed_AS:    262144 kB\n");
        write("sys/vm/overcommit_memory", "0\n");
        limits = new MemoryLimits(root);
    }

    private void write(String file, String text) throws IOException {
        Path path = root.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }

    private void limitsOfTheProcess(String addressSpace, String data) throws IOException {
        write("self/status", "VmSize:\t  102400 kB\nVmData:\t   51200 kB\n");
        write("self/limits", "Limit                     Soft Limit           Hard Limit\n"
                + "Max data size             " + data + "            unlimited            bytes\n"
                + "Max address space         " + addressSpace + "      unlimited       bytes\n");
    }

    private void group(String controllers, String fileSystem, String name) throws IOException {
        write("self/cgroup", "3:cpuset:/\n7:" + controllers + ":" + name + "\n");
        write("self/mountinfo", "30 24 0:26 / " + root.resolve("cpuset")
                + " rw shared:4 - cgroup cgroup rw,cpuset\n31 24 0:27 / " + root.resolve("group")
                + " rw shared:5 - " + fileSystem + " cgroup rw,nsdelegate"
                + (controllers.isEmpty() ? "" : "," + controllers) + "\n");
    }

    @Test
    void shouldAllowWhatTheMachineHas() {
        assertThat(limits.forbidding(1024 * MIB)).isEmpty();
        assertThat(limits.forbidding(1024 * MIB + 1)).get().hasToString(
                "1024 MiB are left of the machine's memory");
    }

    @Test
    void shouldCountSwapToo() throws IOException {
        write("meminfo", "MemAvailable:    1024 kB\nSwapFree:        2048 kB\n");
        assertThat(limits.forbidding(3 * MIB)).isEmpty();
        assertThat(limits.forbidding(3 * MIB + 1)).isPresent();
    }

    @Test
    void shouldKnowAMachineThatNeverOvercommits() throws IOException {
        write("sys/vm/overcommit_memory", "2\n");
        assertThat(limits.forbidding(257 * MIB)).get().asString()
                .contains("256 MiB", "vm.overcommit_memory=2");
    }

    @Test
    void shouldKnowTheLimitsOfTheProcess() throws IOException {
        limitsOfTheProcess("unlimited", "104857600");
        assertThat(limits.forbidding(51 * MIB)).get().asString()
                .contains("50 MiB", "RLIMIT_DATA (ulimit -d)");
        limitsOfTheProcess("209715200", "unlimited");
        assertThat(limits.forbidding(101 * MIB)).get().asString().contains("RLIMIT_AS (ulimit -v)");
        assertThat(limits.forbiddingHugepages(101 * MIB)).isPresent();
        assertThat(limits.forbidding(100 * MIB)).isEmpty();
    }

    @Test
    void shouldNameTheNarrowestOfGroupsAboveEachOther() throws IOException {
        group("", "cgroup2", "/pod/app");
        write("group/pod/memory.max", 100 * MIB + "\n");
        write("group/pod/memory.current", 90 * MIB + "\n");
        write("group/pod/memory.stat", "anon 5\ninactive_file " + 10 * MIB
                + "\nactive_file " + 20 * MIB + "\n");
        write("group/pod/app/memory.max", "max\n");
        assertThat(limits.forbidding(40 * MIB)).isEmpty();
        assertThat(limits.forbidding(41 * MIB)).get().asString()
                .contains("40 MiB", "group/pod/memory.max (104857600 bytes)");
    }

    @Test
    void shouldKnowTheFirstVersionOfGroups() throws IOException {
        group("memory,hugetlb", "cgroup", "/");
        write("group/memory.limit_in_bytes", 10 * MIB + "\n");
        write("group/memory.usage_in_bytes", 6 * MIB + "\n");
        write("group/memory.stat", "inactive_file 1048576\ntotal_inactive_file 2097152\n");
        write("group/hugetlb.2MB.limit_in_bytes", 4 * MIB + "\n");
        write("group/hugetlb.2MB.usage_in_bytes", 2 * MIB + "\n");
        assertThat(limits.forbidding(7 * MIB)).map(Limit::room).contains(6 * MIB);
        assertThat(limits.forbiddingHugepages(4 * MIB)).get().asString().contains(
                "2 MiB are left", "group/hugetlb.2MB.limit_in_bytes (4194304 bytes)");
        assertThat(limits.forbiddingHugepages(2 * MIB)).isEmpty();
    }

    @Test
    void shouldKnowThatHugepagesMayNotEvenBePromised() throws IOException {
        group("", "cgroup2", "/");
        write("group/hugetlb.2MB.max", "max\n");
        write("group/hugetlb.2MB.rsvd.max", "0\n");
        write("group/hugetlb.2MB.rsvd.current", "0\n");
        assertThat(limits.forbiddingHugepages(2 * MIB)).get().asString()
                .contains("hugetlb.2MB.rsvd.max (0 bytes)");
    }

    @Test
    void shouldFindTheGroupOfAContainer() throws IOException {
        // The mount shows only the container's own group, under the name the host has for it.
        group("", "cgroup2", "/../other");
        write("group/memory.max", MIB + "\n");
        write("group/memory.current", "0\n");
        assertThat(limits.forbidding(2 * MIB)).get().asString().contains("group/memory.max");
    }

    @Test
    void shouldReadWhatThisMachineShows() {
        assertThat(new MemoryLimits(Path.of("/proc")).forbidding(1L << 50)).isPresent();
        assertThat(new MemoryLimits(Path.of("/proc")).forbidding(4096)).isEmpty();
    }
}
