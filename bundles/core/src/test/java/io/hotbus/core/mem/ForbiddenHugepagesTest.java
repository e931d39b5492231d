// SPDX-License-Identifier: Apache-2.0
package io.hotbus.core.mem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Real hugepages that are free, and a real control group that forbids them. Needs root, and a
 * machine that has some to spare.
 */
@Timeout(300)
class ForbiddenHugepagesTest {
    private static final Path RESERVED = Path.of("/proc/sys/vm/nr_hugepages");
    private static final int WANTED = 4;
    /**
     * Mounts the controller where no other process sees it, of the first version or else of the
     * second, and runs a program in a group with a limit.
     */
    private static final String IN_GROUP = """
            hierarchy=$1 limit=$2
            group=$hierarchy/hotbus-test
            shift 2
            if mount -t cgroup -o hugetlb none "$hierarchy" 2>/dev/null; then
                file=limit_in_bytes
            else
                mount -t cgroup2 none "$hierarchy" || exit 77
                grep -qw hugetlb "$hierarchy/cgroup.subtree_control" || before=off
                echo +hugetlb > "$hierarchy/cgroup.subtree_control" || exit 77
                file=max
            fi
            mkdir -p "$group" && echo "$limit" > "$group/hugetlb.2MB.$file" &&
            echo $$ > "$group/cgroup.procs" || exit 77
            "$@"
            code=$?
            echo $$ > "$hierarchy/cgroup.procs" && rmdir "$group"
            [ -z "$before" ] || echo -hugetlb > "$hierarchy/cgroup.subtree_control"
            exit $code
            """;
    private static final int NO_CONTROLLER = 77;

    @TempDir
    private Path mount;
    private String before;

    @BeforeEach
    void reserveSome() throws IOException {
        assumeTrue(Files.isWritable(RESERVED), "may not reserve hugepages");
        before = Files.readString(RESERVED).strip();
        Files.writeString(RESERVED, Integer.toString(Integer.parseInt(before) + WANTED));
        assumeTrue(free() >= WANTED, "this machine has no hugepages to spare");
    }

    @AfterEach
    void giveThemBack() throws IOException {
        if (before != null) {
            Files.writeString(RESERVED, before);
        }
    }

    private static int free() throws IOException {
        return Integer.parseInt(Files.readString(
                Path.of("/sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages")).strip());
    }

    @Test
    void shouldTakeOrdinaryPagesAndNameTheLimit() throws Exception {
        String output = takeHugepages(2 << 21);

        assertThat(output).containsPattern("pool: from ordinary pages, though 4 hugepages of 2 MiB "
                + "are free: 4 MiB are left of the control group's limit .*"
                + "/hotbus-test/hugetlb.2MB.(limit_in_bytes|max) .4194304 bytes.")
                .endsWith("pages of 4096\n");
    }

    @Test
    void shouldTakeHugepagesThatAreAllowed() throws Exception {
        assertThat(takeHugepages(8 << 21)).isEqualTo("pages of 2097152\n");
    }

    private String takeHugepages(int limit) throws IOException, InterruptedException {
        Process process = new ProcessBuilder("unshare", "-m", "sh", "-c", IN_GROUP, "sh",
                mount.toString(), Integer.toString(limit),
                Path.of(System.getProperty("java.home"), "bin/java").toString(), "-Xmx64m", "-cp",
                System.getProperty("java.class.path"), TakeHugepages.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT).start();
        try {
            String output = new String(
                    process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int code = process.waitFor();
            assumeTrue(code != NO_CONTROLLER, "no hugetlb control group can be made here");
            assertThat(code).as(output).isZero();
            return output;
        } finally {
            process.destroyForcibly();
        }
    }
}
