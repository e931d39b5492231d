// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hotbus.bus.vdev.VdevBus;
import io.hotbus.bus.vdev.VdevDevice;
import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.hotplug.RemovalInjector.Slot;
import io.hotbus.eal.io.Mmio;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.eal.mem.MempoolCaches;
import io.hotbus.ethdev.EthStats;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.RxQueue;
import io.hotbus.ethdev.TxQueue;
import io.hotbus.os.SigbusWindows;
import io.hotbus.testkit.Await;
import io.hotbus.testkit.Frames;
import io.hotbus.testkit.Resources;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(300)
final class SimRemovalTest {
    private static final int BURST = 32;

    private Rig rig;
    private Mempool pool;

    @BeforeEach
    void setUp() throws Exception {
        rig = new Rig();
        pool = rig.pool(8192);
    }

    @AfterEach
    void tearDown() throws Exception {
        rig.close();
    }

    /** A thread that uses queues like an lcore until it is ended. */
    private final class Lcore implements AutoCloseable {
        private final Thread thread;
        private volatile boolean ending;
        private volatile long rounds;
        private volatile long packets;
        private volatile Throwable failure;

        /** Sends through {@code tx} while there is something to send, and polls {@code rx}. */
        Lcore(RxQueue rx, TxQueue tx) {
            thread = new Thread(() -> {
                long[] mbufs = new long[BURST];
                try (MempoolCaches caches = pool.mempools().caches("lcore-test")) {
                    while (!ending) {
                        int n = rx.burst(caches, mbufs, BURST);
                        int sent = tx.burst(caches, mbufs, n);
                        caches.put(mbufs, sent, n - sent);
                        packets += n;
                        rounds++;
                    }
                }
            }, "lcore-test");
            thread.setUncaughtExceptionHandler((t, e) -> failure = e);
            thread.start();
        }

        /** Waits; returns whether the thread has completed another round. */
        boolean goesOn() {
            long now = rounds;
            return Rig.eventually(() -> rounds > now + 1);
        }

        @Override
        public void close() throws InterruptedException {
            ending = true;
            thread.join();
            assertThat(failure).isNull();
        }
    }

    private List<SigbusWindows.Fault> faults(int atLeast) {
        List<SigbusWindows.Fault> faults = new ArrayList<>();
        assertThat(Rig.eventually(() -> {
            faults.addAll(rig.windows.faults());
            return faults.size() >= atLeast;
        })).isTrue();
        return faults;
    }

    private void detachAll() {
        for (Port port : rig.ports.ports()) {
            rig.detach((VdevDevice) port.device());
        }
        assertThat(pool.available()).as("buffers that came back").isEqualTo(pool.capacity());
    }

    private static Mmio window(Port port, int index) {
        return port.device().windows().list().get(index);
    }

    @Test
    void shouldNotKeepAnyoneWaitingForABusThatIsNotToldAnyMore() throws Exception {
        CountDownLatch telling = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        SimHardware hardware = new SimHardware(rig.linux, () -> {
            telling.countDown();
            try {
                never.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            throw new IllegalStateException("stopped");
        });
        final SimNic nic = hardware.powerOn(
                "net_sim0", SimArgs.parse(Devargs.parse("net_sim0,uevent_ms=0")));
        hardware.yank("net_sim0");
        assertThat(telling.await(300, TimeUnit.SECONDS)).as("removal told").isTrue();
        FutureTask<Void> plugging = new FutureTask<>(() -> {
            hardware.plug("net_sim0");
            return null;
        });
        new Thread(plugging, "plug").start();
        assertThat(Rig.eventually(() -> hardware.slots().get(0).present())).isTrue();

        hardware.deactivate();

        assertThatThrownBy(() -> plugging.get(120, TimeUnit.SECONDS))
                .hasRootCauseInstanceOf(CancellationException.class)
                .hasMessageContaining("net_sim0: plugged in, but net.sim is being stopped");
        hardware.powerOff(nic);
    }

    @Test
    void shouldFaultAndGoOnWhileAThreadIsPolling() throws Exception {
        Port port = rig.start("net_sim0", pool);
        try (Lcore lcore = new Lcore(port.rxQueue(0), (caches, mbufs, n) -> 0)) {
            assertThat(lcore.goesOn()).isTrue();

            long gone = rig.hardware.yank("net_sim0");

            SigbusWindows.Fault fault = faults(1).get(0);
            assertThat(fault.timeNanos()).isGreaterThanOrEqualTo(gone);
            assertThat(window(port, 1).contains(fault.address())).isTrue();
            assertThat(lcore.goesOn()).isTrue();
            assertThat(lcore.packets).isZero();
        }
        assertThat(window(port, 1).read64(0)).isEqualTo(-1);
        detachAll();
    }

    @ParameterizedTest
    @ValueSource(strings = {"net_sim0", "net_sim1"})
    void shouldFaultAndGoOnWhileAThreadIsForwarding(String name) throws Exception {
        Port a = rig.start("net_sim0,peer=net_sim1", pool);
        Port b = rig.start("net_sim1", pool);
        // What arrives at net_sim0 is sent out of net_sim1, which is how it comes to net_sim0
        // again.
        try (Lcore lcore = new Lcore(a.rxQueue(0), b.txQueue(0))) {
            assertThat(Frames.send(b, 0, pool, 0, BURST)).isEqualTo(BURST);
            assertThat(Rig.eventually(() -> lcore.packets > 10_000)).isTrue();

            rig.hardware.yank(name);

            assertThat(a.link().up() || b.link().up()).isFalse();
            faults(1);
            assertThat(lcore.goesOn()).isTrue();
        }
        Port gone = rig.port(name);
        long[] mbufs = new long[1];
        pool.get(mbufs, 0, 1);
        assertThat(gone.txQueue(0).burst(pool.mempools().uncached(), mbufs, 1)).isZero();
        assertThat(gone.rxQueue(0).burst(pool.mempools().uncached(), new long[1], 1)).isZero();
        pool.put(mbufs, 0, 1);
        detachAll();
    }

    @Test
    void shouldLeaveOtherNicsRunning() throws Exception {
        Port a = rig.start("net_sim0,loopback=1", pool);
        rig.start("net_sim1,loopback=1", pool);
        try (Lcore lcore = new Lcore(a.rxQueue(0), a.txQueue(0))) {
            Frames.send(a, 0, pool, 0, BURST);

            rig.hardware.yank("net_sim1");

            long now = lcore.packets;
            assertThat(Rig.eventually(() -> lcore.packets > now + 1000)).isTrue();
        }
        detachAll();
    }

    @Test
    void shouldSayThatItIsGoneWhenIdle() throws Exception {
        Port port = rig.start("net_sim0,loopback=1", pool);
        Frames.send(port, 0, pool, 0, 10);
        assertThat(Rig.eventually(() -> port.rxQueue(0).burst(
                pool.mempools().uncached(), new long[0], 0) == 0)).isTrue();
        final EthStats before = port.stats();
        rig.hardware.yank("net_sim0");

        assertThat(port.link().up()).isFalse();
        assertThat(faults(1)).hasSize(1);
        assertThat(port.stats()).isEqualTo(before);
        assertThat(port.xstats()).containsEntry("tx_q0_packets", 10L)
                .allSatisfy((name, value) -> assertThat(value).isNotNegative());
        port.stop();
        assertThatThrownBy(port::start).isInstanceOf(DeviceException.class)
                .hasMessageEndingWith("its registers read all-ones: it was pulled out");
        detachAll();
        assertThat(port.stats()).isEqualTo(before);
    }

    @Test
    void shouldTellTheBusLaterThanTheMemoryWent() throws Exception {
        rig.attach("net_sim0,uevent_ms=50");

        long gone = rig.hardware.yank("net_sim0");

        assertThat(rig.notice()).isEqualTo("-net_sim0");
        assertThat(System.nanoTime() - gone).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(50));
    }

    @Test
    void shouldTellOfTheRemovalBeforeItTellsOfTheReturn() throws Exception {
        VdevDevice device = rig.attach("net_sim0,uevent_ms=10000");
        rig.hardware.yank("net_sim0");
        rig.detach(device);

        rig.hardware.plug("net_sim0");

        assertThat(List.copyOf(rig.notices)).containsExactly("-net_sim0", "+net_sim0");
        rig.attach("net_sim0");
    }

    /** A task that runs counts as cancelled, too. */
    @Test
    void shouldTellOnceOfARemovalThatIsJustBeingTold() throws Exception {
        CountDownLatch telling = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        BlockingQueue<String> told = new LinkedBlockingQueue<>();
        SimHardware hardware = new SimHardware(rig.linux, () -> new VdevBus() {
            @Override
            public void plugged(String name) {
                told.add("+" + name);
            }

            @Override
            public void unplugged(String name) {
                told.add("-" + name);
                telling.countDown();
                Await.open(goOn);
            }
        });
        final SimNic nic = hardware.powerOn(
                "net_sim0", SimArgs.parse(Devargs.parse("net_sim0,uevent_ms=0")));
        hardware.yank("net_sim0");
        Await.open(telling);
        FutureTask<Void> plugging = new FutureTask<>(() -> {
            hardware.plug("net_sim0");
            return null;
        });
        new Thread(plugging, "plug").start();
        Await.until("plugged in", () -> hardware.slots().get(0).present());

        goOn.countDown();

        plugging.get(Await.LIMIT.toSeconds(), TimeUnit.SECONDS);
        assertThat(told).containsExactly("-net_sim0", "+net_sim0");
        hardware.powerOff(nic);
        hardware.deactivate();
    }

    @Test
    void shouldComeBackAsNew() throws Exception {
        Port a = rig.start("net_sim0,peer=net_sim1,uevent_ms=0", pool);
        final Port b = rig.start("net_sim1", pool);
        for (int round = 0; round < 3; round++) {
            rig.hardware.yank("net_sim0");
            rig.detach((VdevDevice) a.device());
            assertThatThrownBy(() -> rig.attach("net_sim0")).isInstanceOf(DeviceException.class)
                    .hasMessage("net_sim0: not plugged in (device plug net_sim0)");

            rig.hardware.plug("net_sim0");
            assertThat(rig.notice()).isEqualTo("-net_sim0");
            assertThat(rig.notice()).isEqualTo("+net_sim0");
            a = rig.start("net_sim0,peer=net_sim1,uevent_ms=0", pool);

            assertThat(a.link().up()).isTrue();
            assertThat(Frames.send(a, 0, pool, 5, 1)).isEqualTo(1);
            long[] mbufs = new long[1];
            assertThat(Rig.eventually(() -> b.rxQueue(0).burst(
                    pool.mempools().uncached(), mbufs, 1) == 1)).isTrue();
            assertThat(Frames.isIntact(mbufs[0], 5)).isTrue();
            pool.put(mbufs, 0, 1);
        }
        detachAll();
    }

    @Test
    void shouldSayWhatCannotBePulledOutOrPluggedIn() throws Exception {
        assertThatThrownBy(() -> rig.hardware.yank("net_sim0")).isInstanceOf(DeviceException.class)
                .hasMessage("net_sim0: no such slot (there are: none); attaching makes one");
        VdevDevice device = rig.attach("net_sim0");
        assertThat(rig.hardware.slots()).containsExactly(new Slot("net_sim0", true));
        assertThatThrownBy(() -> rig.hardware.plug("net_sim0")).isInstanceOf(DeviceException.class)
                .hasMessage("net_sim0: plugged in already (device yank net_sim0)");
        assertThatThrownBy(() -> rig.attach("net_sim0")).isInstanceOf(DeviceException.class)
                .hasMessage("net_sim0: another driver has it");

        rig.hardware.yank("net_sim0");
        rig.detach(device);

        assertThat(rig.hardware.slots()).containsExactly(new Slot("net_sim0", false));
        assertThatThrownBy(() -> rig.hardware.yank("net_sim0")).isInstanceOf(DeviceException.class)
                .hasMessage("net_sim0: pulled out already (device plug net_sim0)");
    }

    @Test
    void shouldHaveNoSlotForANicThatWasDetachedWithoutRemoval() throws Exception {
        rig.detach(rig.attach("net_sim0"));

        assertThat(rig.hardware.slots()).isEmpty();
    }

    @Test
    void shouldDetachAndAttachAgainWithoutAnyRemoval() throws Exception {
        for (int round = 0; round < 3; round++) {
            Port port = rig.start("net_sim0,loopback=1", pool);
            assertThat(port.link().up()).isTrue();
            assertThat(port.stats()).isEqualTo(EthStats.ZERO);
            Frames.send(port, 0, pool, 0, BURST);
            detachAll();
        }
        assertThat(rig.notices).isEmpty();
    }

    @Test
    void shouldLetGoWhenItsServicesGo() throws Exception {
        rig.start("net_sim0,loopback=1", pool);

        rig.driver.deactivate();
        rig.hardware.deactivate();

        assertThat(rig.ports.ports()).isEmpty();
        assertThat(pool.available()).isEqualTo(pool.capacity());
        assertThat(Rig.resources().memfds()).isZero();
        assertThat(Rig.resources().mappings()).isZero();
    }

    @Test
    void shouldLeaveNothingBehind() throws Exception {
        final Resources before = Rig.resources();
        for (int round = 0; round < 200; round++) {
            Port a = rig.start("net_sim0,peer=net_sim1,uevent_ms=0", pool);
            Port b = rig.start("net_sim1,uevent_ms=0", pool);
            Frames.send(a, 0, pool, 0, BURST);
            rig.hardware.yank(round % 2 == 0 ? "net_sim0" : "net_sim1");
            b.rxQueue(0).burst(pool.mempools().uncached(), new long[0], 0);
            rig.detach((VdevDevice) a.device());
            rig.detach((VdevDevice) b.device());
            rig.hardware.plug(round % 2 == 0 ? "net_sim0" : "net_sim1");
        }
        rig.windows.faults();

        assertThat(Rig.eventually(() -> Rig.resources().equals(before)))
                .as("%s, before: %s", Rig.resources(), before).isTrue();
        assertThat(pool.available()).isEqualTo(pool.capacity());
    }
}
