// SPDX-License-Identifier: Apache-2.0
package io.hotbus.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.eal.bus.Device;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.ethdev.EthEvent;
import io.hotbus.ethdev.EthStats;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortState;
import io.hotbus.ethdev.RxQueue;
import io.hotbus.ethdev.TxQueue;
import io.hotbus.tck.internal.Configured;
import io.hotbus.tck.internal.DeviceContract;
import io.hotbus.tck.internal.PortRun;
import io.hotbus.tck.internal.Removal;
import io.hotbus.tck.internal.TestFrame;
import io.hotbus.tck.internal.Traffic;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ArgumentsSource;

/** Tests removals of a device whose port is in use. Skips devices without a port. */
@ParameterizedClass(name = "{0}, {1}", allowZeroInvocations = true)
@ArgumentsSource(Configured.Removals.class)
public final class PortRemovalContractTest extends DeviceContract {
    private static final int BURST = 32;

    @Parameter(1)
    private Removal removal;
    private Device device;
    private Port port;
    private PortRun run;

    @BeforeEach
    void start() throws Exception {
        attach();
        testee.require(removal);
        run = PortRun.started(platform, port);
    }

    private void attach() throws DeviceException {
        device = testee.attach();
        port = testee.requirePort();
    }

    @AfterEach
    void free() throws DeviceException {
        if (testee.isListed()) {
            testee.giveUp();
        }
        if (run != null) {
            run.close();
        }
    }

    @Test
    @Contract(of = "RxQueue.burst, TxQueue.burst", says = "Never throws: the thread that polls"
            + " outlives the device, from then on moves nothing, and no buffer is lost.")
    void shouldOutliveTheDeviceUnderTraffic() throws Exception {
        try (Traffic traffic = run.traffic().awaitRounds(1000)) {
            testee.remove(removal);
            testee.awaitRemoved();
            awaitIdleQueues();
            traffic.awaitRounds(100);
        }
        assertThat(burst(port.rxQueue(0))).as("packets received afterwards").isZero();
        port.stop();
        port.close();
        run.requireNoneMissing();
    }

    private void awaitIdleQueues() throws InterruptedException {
        platform.awaiting().until("INTR_RMV of " + port,
                () -> !platform.events(EthEvent.Kind.INTR_RMV, device).isEmpty());
        platform.settle();
        assertThat(platform.events(EthEvent.Kind.INTR_RMV, device)).as("INTR_RMV").hasSize(1);
    }

    /** Receives one burst and gives its buffers back. */
    private int burst(RxQueue queue) {
        long[] mbufs = new long[BURST];
        int received = queue.burst(run.caches(), mbufs, BURST);
        run.pool().put(mbufs, 0, received);
        return received;
    }

    private int burst(TxQueue queue) {
        long[] mbufs = new long[BURST];
        int fresh = new TestFrame(port.macAddress().value()).fill(run.pool(), mbufs);
        int sent = queue.burst(run.caches(), mbufs, fresh);
        run.pool().put(mbufs, sent, fresh - sent);
        return sent;
    }

    @Test
    @Contract(of = "RxQueue.burst, TxQueue.burst", says = "0 once the device is gone: of the"
            + " driver's own queues, too, which a thread may hold that has just begun a burst.")
    void shouldMoveNothingOnQueuesFetchedBefore() throws Exception {
        Assumptions.assumeFalse(testee.windows().isEmpty(),
                devargs + " has no windows in which its queues could see that it is gone");
        RxQueue receive = port.rxQueue(0);
        TxQueue send = port.txQueue(0);
        run.traffic().awaitRounds(100).close();

        testee.remove(removal);
        testee.awaitRemoved();

        // Packets that were under way at the removal may still arrive.
        int most = port.info().rx().maxDescriptors() / BURST + 1;
        for (int i = 0; i < most && burst(receive) + burst(send) > 0; i++) {
            Thread.onSpinWait();
        }
        assertThat(burst(receive)).as("packets received").isZero();
        assertThat(burst(send)).as("packets sent").isZero();
        testee.giveUp();
        run.requireNoneMissing();
    }

    @Test
    @Contract(of = "EthDev.stats", says = "May be read at any time; a register that reads all-ones"
            + " is not counted. What was counted is kept after the removal, and after close.")
    void shouldKeepItsStatistics() throws Exception {
        run.traffic().awaitRounds(1000).close();
        EthStats before = port.stats();

        testee.remove(removal);
        testee.awaitRemoved();
        EthStats removed = port.stats();
        port.stop();
        port.close();

        assertKept(before, removed);
        assertKept(before, port.stats());
        assertThat(port.xstats().values()).as("xstats %s", port.xstats())
                .noneMatch(value -> value == -1 || value == 0xffff_ffffL);
    }

    /** Checks the counters; the device may have counted a little more before it went. */
    private static void assertKept(EthStats before, EthStats after) {
        EthStats since = after.minus(before);
        assertThat(List.of(since.rxPackets(), since.rxBytes(), since.rxErrors(), since.missed(),
                since.noMbuf(), since.txPackets(), since.txBytes(), since.txErrors()))
                .as("counted since the last look at the device: %s", since)
                .allMatch(count -> count >= 0 && count < 1_000_000);
    }

    @Test
    @Contract(of = "EthDev.stop", says = "The device may be gone during the call: it neither hangs"
            + " nor fails for that.")
    void shouldStopWhileItIsPulledOut() throws Exception {
        removeDuring("tck-stop", port::stop, PortState.STOPPED);
        port.close();
        run.requireNoneMissing();
    }

    @Test
    @Contract(of = "EthDev.close", says = "The device may be gone during the call: it neither hangs"
            + " nor fails for that, and all buffers are back.")
    void shouldCloseWhileItIsPulledOut() throws Exception {
        removeDuring("tck-close", port::close, PortState.CLOSED);
        run.requireNoneMissing();
    }

    /** Removes the device during a call. The port shows {@code next} before it calls the driver. */
    private void removeDuring(String name, Runnable call, PortState next) throws Exception {
        run.traffic().awaitRounds(100).close();
        Throwable[] thrown = new Throwable[1];
        Thread thread = new Thread(call, name);
        thread.setUncaughtExceptionHandler((t, e) -> thrown[0] = e);
        thread.start();
        while (port.state() != next && thread.isAlive()) {
            Thread.onSpinWait();
        }
        testee.remove(removal);
        testee.awaitRemoved();
        platform.awaiting().end(thread);
        assertThat(thrown[0]).as("thrown by %s", name).isNull();
    }

    @Test
    @Contract(of = "EthDev.start", says = "The device may be gone during the call: then it throws,"
            + " with everything undone, or the port is started, and idle.")
    void shouldStartWhileItIsPulledOut() throws Exception {
        port.stop();
        Throwable[] thrown = new Throwable[1];
        Thread thread = new Thread(() -> {
            try {
                port.start();
            } catch (Throwable e) {
                thrown[0] = e;
            }
        }, "tck-start");
        thread.start();
        testee.remove(removal);
        testee.awaitRemoved();
        platform.awaiting().end(thread);

        assertThat(thrown[0]).satisfiesAnyOf(e -> assertThat(e).isNull(),
                e -> assertThat(e).isInstanceOf(DeviceException.class));
        port.stop();
        port.close();
        run.requireNoneMissing();
    }

    @Test
    @Contract(of = "EthDev.close", says = "A port in use whose device is gone lets go of"
            + " everything when it is detached, without being stopped or closed before.")
    void shouldLetGoOfAGonePortInUse() throws Exception {
        try (Traffic traffic = run.traffic().awaitRounds(100)) {
            testee.remove(removal);
            testee.awaitRemoved();
            testee.detach();
            run.requireNoneMissing();
        }
    }

    @Test
    @Contract(of = "EthDev.start", says = "A device that returned is used again as before.")
    void shouldBeUsedAgainWhenItReturns() throws Exception {
        for (int i = 0; i < 2; i++) {
            run.traffic().awaitRounds(100).close();
            testee.remove(removal);
            testee.awaitRemoved();
            testee.giveUp();
            run.requireNoneMissing();
            run.close();
            testee.replug();
            attach();
            run = PortRun.started(platform, port);
        }
        run.traffic().awaitRounds(100).close();
    }
}
