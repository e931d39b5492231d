// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testkit.pci;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.bus.pci.KernelDriver;
import io.hotbus.ethdev.Port;
import io.hotbus.testkit.Frames;
import io.hotbus.testkit.NicModel.Vanished;
import io.hotbus.testkit.SleepyLcore;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * The interrupt of received frames of every one of Intel's gigabit chips: an lcore without work
 * sleeps.
 *
 * @param <R> the rig
 */
@ConsumerType
public abstract class GigabitInterruptTests<R extends NicRig<? extends GigabitModel>>
        extends NicTests<R> {
    /** How often a test sends, and is woken. */
    protected static final int ROUNDS = 300;
    private static final long ICR = 0x000c0;
    private static final long IMC = 0x000d8;

    /** Where RDH of queue 0 is. */
    protected abstract long rdh();

    @AfterEach
    final void requireNoRemoval() {
        assertThat(rig.reports).isEmpty();
    }

    /** Starts a port, and waits until its link is up and was told of. */
    private Port startWithLink() throws Exception {
        Port port = rig.start(pool);
        awaitLink(port);
        return port;
    }

    private void awaitLink(Port port) {
        assertThat(NicRig.eventually(() -> port.link().up())).isTrue();
        assertThat(rig.looked(2)).isTrue();
        rig.linkChanges.clear();
    }

    private void assertTellsOfTheLink() {
        rig.chip.cable = false;
        assertThat(NicRig.eventually(() -> rig.linkChanges.size() == 1)).isTrue();
    }

    @Test
    final void shouldSleepUntilThereIsAPacket() throws Exception {
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
    final void shouldWakeAtOnceWhenThereIsAPacketAlready() throws Exception {
        Port port = rig.start(pool);
        Semaphore woken = new Semaphore(0);
        Frames.send(port, pool, 0, 2);
        assertThat(NicRig.eventually(() -> rig.chip.get(rdh()) == 2)).isTrue();

        assertThat(port.wakeOnPacket(0, woken::release)).isTrue();

        assertThat(woken.tryAcquire()).isTrue();
        Frames.receiveAll(port, 0, pool, 0, 2);
    }

    /** A thread that was woken, and polls from then on, is not interrupted by each packet. */
    @Test
    final void shouldNotInterruptAThreadThatPolls() throws Exception {
        Port port = startWithLink();
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
    final void shouldWakeAThreadWhosePortStopsAndStarts() throws Exception {
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
    final void shouldWakeAThreadWhoseChipIsGone() throws Exception {
        Port port = rig.start(pool);
        Semaphore woken = new Semaphore(0);
        assertThat(port.wakeOnPacket(0, woken::release)).isTrue();
        pullOut(Vanished.ALL_ONES);
        rig.chip.interrupt.run();
        assertThat(woken.tryAcquire(60, TimeUnit.SECONDS)).isTrue();
        assertThat(rig.chip.get(IMC)).isEqualTo(-1);
        assertThat(rig.chip.get(ICR)).isEqualTo(-1);
        assertThat(NicRig.eventually(() -> !rig.reports.isEmpty())).isTrue();
        rig.reports.clear();
    }

    /** As with a binding that passes no interrupts on. */
    @Test
    final void shouldHaveToBePolledWithoutAnInterrupt() throws Exception {
        TestFunction function = rig.function();
        function.hasInterrupt = false;
        rig.driver.probe(function);
        Port port = rig.configure(pool, NicRig.RING);
        port.start();
        assertThat(port.wakeOnPacket(0, () -> { })).isFalse();
        Frames.receiveAll(port, 0, pool, 0, Frames.send(port, pool, 0, 10));
    }

    @Test
    final void shouldHaveToBePolledWithUioPciGeneric() throws Exception {
        TestFunction function = rig.function();
        function.kernelDriver = KernelDriver.UIO_PCI_GENERIC;
        rig.driver.probe(function);
        Port port = rig.configure(pool, NicRig.RING);
        port.start();
        assertThat(port.wakeOnPacket(0, () -> { })).isFalse();
        awaitLink(port);
        assertTellsOfTheLink();
    }

    @Test
    final void shouldTellOfTheLinkMeanwhile() throws Exception {
        Port port = startWithLink();
        assertThat(port.wakeOnPacket(0, () -> { })).isTrue();
        assertTellsOfTheLink();
    }
}
