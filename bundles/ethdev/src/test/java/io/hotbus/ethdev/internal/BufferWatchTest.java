// SPDX-License-Identifier: Apache-2.0
package io.hotbus.ethdev.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.eal.hotplug.Lease;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.eal.mem.Mempools;
import io.hotbus.eal.mem.TestDma;
import io.hotbus.eal.thread.InterruptThread;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
final class BufferWatchTest {
    /** Runs its periodic tasks when the test says so. */
    private static final class TestInterrupts implements InterruptThread {
        final List<Runnable> tasks = new ArrayList<>();

        @Override
        public Lease watch(int fd, Runnable reader) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Lease every(Duration period, Runnable task) {
            tasks.add(task);
            return () -> tasks.remove(task);
        }

        void tick() {
            List.copyOf(tasks).forEach(Runnable::run);
        }
    }

    @Test
    void shouldLookAtStartedPortsAndNeverQueueUp() throws Exception {
        TestInterrupts interrupts = new TestInterrupts();
        TestDev dev = new TestDev();
        try (TestControl control = new TestControl();
                Mempool pool = new Mempools(new TestDma()).create("test", 16, 64)) {
            EthPorts ports = new EthPorts(control, event -> { });
            Port port = ports.add(new TestDevice("net_test0"), dev);
            BufferWatch watch = new BufferWatch(ports, control, interrupts);
            interrupts.tick();
            control.await(watch);
            assertThat(dev.calls).doesNotContain("stats");

            port.configure(new PortConfig(1, 128, 128, pool));
            port.start();
            CountDownLatch busy = new CountDownLatch(1);
            control.execute(watch, () -> await(busy));
            for (int i = 0; i < 5; i++) {
                interrupts.tick();
            }
            busy.countDown();
            control.await(watch);
            assertThat(dev.calls).containsOnlyOnce("stats");

            interrupts.tick();
            control.await(watch);
            assertThat(dev.calls).filteredOn("stats"::equals).hasSize(2);
            watch.deactivate();
            assertThat(interrupts.tasks).isEmpty();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
