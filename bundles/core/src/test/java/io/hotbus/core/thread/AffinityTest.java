// SPDX-License-Identifier: Apache-2.0
package io.hotbus.core.thread;

import static io.hotbus.core.testing.TestOs.LINUX;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.BitSet;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class AffinityTest {
    @Test
    void shouldPinTheCallingThreadAndNoOther() throws Exception {
        Affinity affinity = new Affinity(LINUX);
        int cpu = affinity.available().get(affinity.available().size() - 1);
        BitSet mine = LINUX.affinity();
        CompletableFuture<BitSet> pinned = new CompletableFuture<>();

        new Thread(() -> {
            try {
                affinity.pin(cpu);
                pinned.complete(LINUX.affinity());
            } catch (IOException e) {
                pinned.completeExceptionally(e);
            }
        }).start();

        assertThat(pinned.get().stream()).containsExactly(cpu);
        assertThat(LINUX.affinity()).isEqualTo(mine);
        assertThat(affinity.threadId()).isPositive();
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
