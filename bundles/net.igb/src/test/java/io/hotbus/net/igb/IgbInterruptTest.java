// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.igb;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.bus.pci.KernelDriver;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortConfig;
import io.hotbus.ethdev.RssConfig;
import io.hotbus.ethdev.RssHash;
import io.hotbus.testkit.Frames;
import io.hotbus.testkit.SleepyLcore;
import io.hotbus.testkit.pci.TestFunction;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class IgbInterruptTest extends IgbTests {
    private static final int ROUNDS = 200;

    @Test
    void shouldSleepUntilThereIsAPacket() throws Exception {
        Port port = rig.start(pool);
        try (SleepyLcore lcore = new SleepyLcore(port, pool.mempools().uncached())) {
            lcore.awaitSleep();
            int sent = 0;
            for (int round = 0; round < ROUNDS; round++) {
                sent += Frames.send(port, pool, sent, 1 + round % 5);
                lcore.awaitReceived(sent);
                if (round % 3 == 0) {
                    lcore.awaitSleep();
                }
            }
            assertThat(lcore.cpuTimeAsleep()).isLessThan(Duration.ofMillis(50));
        }
    }

    @Test
    void shouldWakeTheThreadOfEachQueue() throws Exception {
        Port port = rig.start(new PortConfig(2, Rig.RING, Rig.RING, pool)
                .withRss(new RssConfig(Set.of(RssHash.IPV4), List.of(), List.of())));
        rig.chip.receiver = 1;
        Semaphore woken = new Semaphore(0);
        for (int round = 0; round < ROUNDS; round++) {
            assertThat(port.wakeOnPacket(1, woken::release)).isTrue();
            Frames.send(port, pool, round, 1);
            assertThat(woken.tryAcquire(60, TimeUnit.SECONDS)).as("round %s", round).isTrue();
            Frames.receiveAll(port, 1, pool, round, round + 1);
        }
    }

    @Test
    void shouldHaveToBePolledWithUioPciGeneric() throws Exception {
        TestFunction function = rig.function();
        function.kernelDriver = KernelDriver.UIO_PCI_GENERIC;
        rig.driver.probe(function);
        rig.configure(pool, Rig.RING).start();

        assertThat(rig.port().wakeOnPacket(0, () -> { })).isFalse();
    }
}
