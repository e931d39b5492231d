// SPDX-License-Identifier: Apache-2.0
package io.hotbus.core.fault;

import static io.hotbus.core.fault.FaultStack.properties;
import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.core.testing.TestDevice;
import io.hotbus.core.testing.Waiting;
import io.hotbus.eal.hotplug.SigbusFault;
import io.hotbus.eal.hotplug.SigbusHandler;
import io.hotbus.eal.hotplug.SigbusVerdict;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What an update of a bus does to the faults of its devices: nothing. */
@Timeout(300)
class HandlerSwapTest {
    private static final int SWAPS = 300;
    private static final int THREADS = 4;

    private final ConcurrentLinkedQueue<SigbusFault> handled = new ConcurrentLinkedQueue<>();
    private final AtomicLong handledCount = new AtomicLong();
    private final AtomicInteger lateCalls = new AtomicInteger();
    private final AtomicLong faults = new AtomicLong();
    private volatile CountDownLatch fault = new CountDownLatch(1);
    private volatile boolean stop;

    /** Claims everything, until it is deactivated. */
    private final class Handler implements SigbusHandler {
        private final CountDownLatch called = new CountDownLatch(1);
        private volatile boolean deactivated;

        @Override
        public SigbusVerdict handleSigbus(SigbusFault fault) {
            handled.add(fault);
            handledCount.incrementAndGet();
            called.countDown();
            Thread.yield();
            if (deactivated) {
                lateCalls.incrementAndGet();
            }
            return SigbusVerdict.HANDLED;
        }
    }

    /** Is pulled out, accessed and put back again and again. */
    private final class Faulter extends Thread {
        private final TestDevice device;
        private volatile int faultsMade;

        Faulter(TestDevice device) {
            this.device = device;
        }

        @Override
        public void run() {
            try {
                while (!stop) {
                    device.pullOut();
                    assertThat(device.window(0).read32(0)).isEqualTo(-1);
                    faultsMade++;
                    faults.incrementAndGet();
                    fault.countDown();
                    device.putBack();
                    // Paced: a hundred thousand faults would show no more than some thousand.
                    LockSupport.parkNanos(500_000);
                }
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }
    }

    @Test
    void shouldLoseNoFaultAndCallNoHandlerLate() throws Exception {
        try (FaultStack stack = new FaultStack(Duration.ofSeconds(30))) {
            stack.failureHandling.enable();
            List<Faulter> faulters = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                faulters.add(new Faulter(stack.device("net_sim" + i, 1)));
            }
            faulters.forEach(Thread::start);

            for (int swap = 0; swap < SWAPS; swap++) {
                Handler handler = new Handler();
                stack.dispatcher.add(handler, properties(0, swap));
                Waiting.await(handler.called);
                stack.dispatcher.remove(handler, properties(0, swap));
                handler.deactivated = true;
                fault = new CountDownLatch(1);
                Waiting.await(fault); // one in the gap
            }
            stop = true;
            faulters.forEach(Waiting::join);
            stack.dispatcher.add(new Handler(), properties(0, SWAPS));
            Waiting.until("all are handled", () -> handledCount.get() >= faults.get());
            stack.flush();

            for (Faulter faulter : faulters) {
                // Each exactly once; those kept meanwhile come after those that were not.
                int[] counts = handled.stream()
                        .filter(f -> f.window().startsWith(faulter.device.name()))
                        .mapToInt(SigbusFault::count).sorted().toArray();
                assertThat(counts)
                        .isEqualTo(IntStream.rangeClosed(1, faulter.faultsMade).toArray());
            }
            assertThat(lateCalls).hasValue(0);
        }
    }
}
