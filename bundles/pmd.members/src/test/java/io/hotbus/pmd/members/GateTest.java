// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd.members;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.testkit.TestOs;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class GateTest {
    private static final int CHANGES = 10_000;

    /** What bursts use; must not be used once it is closed. */
    private static final class Used {
        volatile boolean closed;
    }

    private volatile Used current = new Used();
    private volatile boolean stopped;

    /** Without the barrier, or without the wait, this fails within a second. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldWaitForABurstThatUsesWhatWasThereBefore(boolean fence) throws Exception {
        Barrier barrier = new Barrier(TestOs.linux());
        Gate gate = fence ? new Gate(true) : barrier.gate();
        AtomicReference<String> failure = new AtomicReference<>();
        Thread lcore = new Thread(() -> {
            long bursts = 0;
            while (!stopped) {
                gate.enter();
                Used used = current;
                for (long work = bursts++ % 50; work > 0; work--) {
                    Thread.onSpinWait();
                }
                if (used.closed) {
                    failure.set("burst " + bursts + " used what was closed");
                }
                gate.leave();
            }
        });
        lcore.start();
        for (int i = 0; i < CHANGES && failure.get() == null; i++) {
            Used before = current;
            current = new Used();
            if (!fence) {
                barrier.pass();
            }
            assertThat(gate.await()).isTrue();
            before.closed = true;
        }
        stopped = true;
        lcore.join();
        assertThat(failure.get()).isNull();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldGiveUpOnABurstThatDoesNotEnd(boolean fence) {
        Gate gate = new Gate(fence);
        gate.enter();
        assertThat(gate.await()).isFalse();
        gate.leave();
        assertThat(gate.await()).isTrue();
    }
}
