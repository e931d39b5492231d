// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.e1000e;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.bus.pci.KernelDriver;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortConfig;
import io.hotbus.ethdev.RssConfig;
import io.hotbus.ethdev.RssHash;
import io.hotbus.pmd.intel.GigabitInterrupt;
import io.hotbus.pmd.intel.RssTables;
import io.hotbus.testkit.Frames;
import io.hotbus.testkit.SleepyLcore;
import io.hotbus.testkit.pci.TestFunction;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The interrupt of received frames: an lcore without work sleeps. */
final class E1000eInterruptTest extends E1000eTests {
    private static final int ROUNDS = 300;

    @AfterEach
    void requireNoRemoval() {
        assertThat(rig.reports).isEmpty();
    }

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
        Port port = rig.start(new PortConfig(2, Rig.RING, Rig.RING, pool).withRss(new RssConfig(
                Set.of(RssHash.IPV4), List.of(),
                Collections.nCopies(RssTables.RETA_ENTRIES, 1))));
        byte[] frame = TestPacket.of(true, TestPacket.UDP, 50);
        Semaphore woken = new Semaphore(0);
        for (int round = 0; round < ROUNDS; round++) {
            assertThat(port.wakeOnPacket(1, woken::release)).isTrue();
            long[] one = new long[1];
            assertThat(pool.get(one, 0, 1)).isEqualTo(1);
            TestPacket.write(frame, one[0], 0);
            port.txQueue(0).burst(pool.mempools().uncached(), one, 1);
            assertThat(woken.tryAcquire(60, TimeUnit.SECONDS)).as("round %s", round).isTrue();
            one[0] = Rig.receiveOne(port, 1, pool);
            pool.mempools().uncached().free(one, 0, 1);
        }
    }

    @Test
    void shouldWakeAtOnceWhenThereIsAPacketAlready() throws Exception {
        Port port = rig.start(pool);
        Semaphore woken = new Semaphore(0);
        Frames.send(port, pool, 0, 2);
        assertThat(Rig.eventually(() -> rig.chip.get(FakeRegs.RDH) == 2)).isTrue();

        assertThat(port.wakeOnPacket(0, woken::release)).isTrue();

        assertThat(woken.tryAcquire()).isTrue();
        Frames.receiveAll(port, 0, pool, 0, 2);
    }

    /** A thread that was woken, and polls from then on, is not interrupted by each packet. */
    @Test
    void shouldNotInterruptAThreadThatPolls() throws Exception {
        Port port = rig.start(pool);
        assertThat(Rig.eventually(() -> port.link().up())).isTrue();
        assertThat(rig.looked(2)).isTrue();
        Semaphore woken = new Semaphore(0);
        assertThat(port.wakeOnPacket(0, woken::release)).isTrue();
        Frames.receiveAll(port, 0, pool, 0, Frames.send(port, pool, 0, 1));
        assertThat(woken.tryAcquire(60, TimeUnit.SECONDS)).isTrue();
        rig.interrupts.drain();
        int before = rig.chip.interrupts;
        for (int from = 0; from < 1000; from += 20) {
            Frames.receiveAll(port, 0, pool, from, from + Frames.send(port, pool, from, 20));
        }
        assertThat(rig.chip.interrupts).isEqualTo(before);
    }

    @Test
    void shouldWakeAThreadWhosePortStopsAndStarts() throws Exception {
        Port port = rig.start(pool);
        try (SleepyLcore lcore = new SleepyLcore(port, pool.mempools().uncached())) {
            lcore.awaitSleep();
            int slept = lcore.sleeps();
            port.stop();
            lcore.awaitSleepAfter(slept);
            slept = lcore.sleeps();
            port.start();
            lcore.awaitSleepAfter(slept);
            Frames.send(port, pool, 0, 3);
            lcore.awaitReceived(3);
        }
    }

    /** A chip that is gone wakes all, and nothing is written to it. */
    @Test
    void shouldWakeAThreadWhoseChipIsGone() throws Exception {
        Port port = rig.start(pool);
        Semaphore woken = new Semaphore(0);
        assertThat(port.wakeOnPacket(0, woken::release)).isTrue();
        function().offBus = true;
        rig.chip.vanish(Fake82574.Vanished.ALL_ONES);
        rig.chip.interrupt.run();
        assertThat(woken.tryAcquire(60, TimeUnit.SECONDS)).isTrue();
        assertThat(rig.chip.get(GigabitInterrupt.IMC)).isEqualTo(-1);
        assertThat(rig.chip.get(GigabitInterrupt.ICR)).isEqualTo(-1);
        assertThat(Rig.eventually(() -> !rig.reports.isEmpty())).isTrue();
        rig.reports.clear();
    }

    /** As with a binding that passes no interrupts on. */
    @Test
    void shouldHaveToBePolledWithoutAnInterrupt() throws Exception {
        TestFunction function = rig.function();
        function.hasInterrupt = false;
        rig.driver.probe(function);
        Port port = rig.configure(pool, Rig.RING);
        port.start();
        assertThat(port.wakeOnPacket(0, () -> { })).isFalse();
        Frames.receiveAll(port, 0, pool, 0, Frames.send(port, pool, 0, 10));
    }

    @Test
    void shouldHaveToBePolledWithUioPciGeneric() throws Exception {
        TestFunction function = rig.function();
        function.kernelDriver = KernelDriver.UIO_PCI_GENERIC;
        rig.driver.probe(function);
        Port port = rig.configure(pool, Rig.RING);
        port.start();
        assertThat(port.wakeOnPacket(0, () -> { })).isFalse();
        assertThat(Rig.eventually(() -> port.link().up())).isTrue();
        assertThat(rig.looked(2)).isTrue();
        rig.linkChanges.clear();
        rig.chip.cable = false;
        assertThat(Rig.eventually(() -> rig.linkChanges.size() == 1)).isTrue();
    }

    @Test
    void shouldTellOfTheLinkMeanwhile() throws Exception {
        Port port = rig.start(pool);
        assertThat(Rig.eventually(() -> port.link().up())).isTrue();
        assertThat(rig.looked(2)).isTrue();
        rig.linkChanges.clear();
        assertThat(port.wakeOnPacket(0, () -> { })).isTrue();
        rig.chip.cable = false;
        assertThat(Rig.eventually(() -> rig.linkChanges.size() == 1)).isTrue();
    }
}
