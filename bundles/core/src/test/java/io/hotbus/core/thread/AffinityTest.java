// SPDX-License-Identifier: Apache-2.0
package io.hotbus.core.thread;

import static io.hotbus.core.testing.TestOs.LINUX;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.hotbus.os.Errno;
import io.hotbus.os.LinuxException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class AffinityTest {
    @Test
    void shouldPinTheCallingThreadAndNoOther() throws Exception {
        Affinity affinity = new Affinity(LINUX);
        int cpu = affinity.available().get(affinity.available().size() - 1);
        BitSet mine = LINUX.affinity(0);
        CompletableFuture<BitSet> pinned = new CompletableFuture<>();

        new Thread(() -> {
            try {
                affinity.pin(cpu);
                pinned.complete(LINUX.affinity(0));
            } catch (IOException e) {
                pinned.completeExceptionally(e);
            }
        }).start();

        assertThat(pinned.get().stream()).containsExactly(cpu);
        assertThat(LINUX.affinity(0)).isEqualTo(mine);
        assertThat(affinity.threadId()).isPositive();
    }

    @Test
    void shouldTellTheNumaNodeOfACpu() throws Exception {
        Affinity affinity = new Affinity(LINUX);
        for (int cpu : affinity.available()) {
            int node = affinity.numaNode(cpu);
            if (Files.exists(Path.of("/sys/devices/system/node/node0"))) {
                assertThat(Path.of("/sys/devices/system/node/node" + node + "/cpu" + cpu)).exists();
            } else {
                assertThat(node).isEqualTo(-1);
            }
        }
        assertThat(affinity.numaNode(Integer.MAX_VALUE)).isEqualTo(-1);
    }

    @Test
    void shouldKeepOtherThreadsOffAReservedCpu() throws Exception {
        Affinity affinity = new Affinity(LINUX);
        assumeTrue(affinity.available().size() > 1, "one CPU: there is nowhere to go");
        int cpu = affinity.available().get(affinity.available().size() - 1);
        Map<Integer, BitSet> before = affinities();
        try {
            affinity.reserve(cpu);

            assertThat(affinities().values()).allMatch(cpus -> !cpus.get(cpu));
        } finally {
            for (Map.Entry<Integer, BitSet> thread : before.entrySet()) {
                try {
                    LINUX.setAffinity(thread.getKey(), thread.getValue());
                } catch (LinuxException e) {
                    assertThat(e.errno()).isEqualTo(Errno.ESRCH);
                }
            }
        }
    }

    /** The affinities of the threads of this process; skips threads that end meanwhile. */
    private static Map<Integer, BitSet> affinities() throws IOException {
        Map<Integer, BitSet> affinities = new HashMap<>();
        try (DirectoryStream<Path> threads =
                Files.newDirectoryStream(Path.of("/proc/self/task"))) {
            for (Path thread : threads) {
                int id = Integer.parseInt(thread.getFileName().toString());
                try {
                    affinities.put(id, LINUX.affinity(id));
                } catch (LinuxException e) {
                    assertThat(e.errno()).isEqualTo(Errno.ESRCH);
                }
            }
        }
        return affinities;
    }

    @Test
    void shouldRefuseACpuThatIsNotThere() throws IOException {
        Affinity affinity = new Affinity(LINUX);

        assertThatThrownBy(() -> affinity.pin(4000)).isInstanceOf(IOException.class)
                .hasMessage("cpu 4000: EINVAL (not available; there are: "
                        + affinity.available() + ")");
        assertThatThrownBy(() -> affinity.pin(-1)).isInstanceOf(IOException.class);
    }
}
