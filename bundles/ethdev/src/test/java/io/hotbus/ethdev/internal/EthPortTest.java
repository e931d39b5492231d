// SPDX-License-Identifier: Apache-2.0
package io.hotbus.ethdev.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.hotplug.DeviceEvent;
import io.hotbus.eal.hotplug.DeviceEvents;
import io.hotbus.eal.hotplug.DeviceStep;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.eal.mem.Mempools;
import io.hotbus.eal.mem.TestDma;
import io.hotbus.ethdev.EthStats;
import io.hotbus.ethdev.Link;
import io.hotbus.ethdev.PortConfig;
import io.hotbus.ethdev.PortState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(300)
final class EthPortTest {
    private static final EthStats COUNTED = new EthStats(1, 2, 3, 4, 5, 6, 7, 8);

    private final TestDevice device = new TestDevice("net_test0");
    private final TestDev dev = new TestDev();
    private final List<String> steps = new ArrayList<>();
    private final EthPort port = new EthPort(3, device, dev, Optional.empty(), new DeviceEvents() {
        @Override
        public void publish(DeviceEvent event) {
            throw new AssertionError(event);
        }

        @Override
        public void publish(DeviceStep step) {
            steps.add(step.kind() + " " + step.name());
        }
    });
    private final Mempool pool;
    private final long[] mbufs = new long[32];

    EthPortTest() throws Exception {
        pool = new Mempools(new TestDma()).create("test", 16, 64);
    }

    @AfterEach
    void closePool() {
        pool.close();
    }

    private void configure() throws DeviceException {
        port.configure(new PortConfig(2, 128, 256, pool));
    }

    private void start() throws DeviceException {
        configure();
        port.start();
    }

    @Test
    void shouldTakeTheDriverThroughItsLife() throws Exception {
        start();
        assertThat(port.state()).isEqualTo(PortState.STARTED);
        assertThat(port.rxQueueCount()).isEqualTo(2);
        assertThat(port.config()).map(PortConfig::txDescriptors).hasValue(256);
        port.start();
        port.stop();
        port.stop();
        assertThat(port.state()).isEqualTo(PortState.STOPPED);
        port.start();
        port.close();
        port.close();
        port.stop();

        assertThat(steps).containsExactly("PORT_CONFIGURE net_test0", "PORT_START net_test0",
                "PORT_STOP net_test0", "PORT_START net_test0", "PORT_STOP net_test0",
                "PORT_CLOSE net_test0");
        assertThat(port.state()).isEqualTo(PortState.CLOSED);
        assertThat(port.rxQueueCount()).isZero();
        assertThat(port.config()).isEmpty();
        assertThat(dev.calls).containsExactly("rx0 128", "rx1 128", "tx0 256", "tx1 256", "start",
                "stop", "start", "stop", "stats", "close");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "0 |  128 |  128 | port 3 (net_test0): 0 rx queues: 1 to 4 are possible",
            "5 |  128 |  128 | port 3 (net_test0): 5 rx queues: 1 to 4 are possible",
            "1 |   32 |  128 | port 3 (net_test0): 32 rx descriptors: a power of two"
                    + " from 64 to 1024 is needed",
            "1 |  100 |  128 | port 3 (net_test0): 100 rx descriptors: a power of two"
                    + " from 64 to 1024 is needed",
            "1 |  128 | 2048 | port 3 (net_test0): 2048 tx descriptors: a power of two"
                    + " from 64 to 1024 is needed",
            "1 |  128 | -128 | port 3 (net_test0): -128 tx descriptors: a power of two"
                    + " from 64 to 1024 is needed"})
    void shouldSayWhatIsOutOfRange(int queues, int rx, int tx, String message) {
        assertThatExceptionOfType(DeviceException.class)
                .isThrownBy(() -> port.configure(new PortConfig(queues, rx, tx, pool)))
                .withMessage(message);
        assertThat(dev.calls).isEmpty();
    }

    @Test
    void shouldBeRefusedWhereItMightStarveOthers() throws Exception {
        EthPort other = new EthPort(4, new TestDevice("net_test1"), new TestDev(),
                Optional.empty(), event -> { });
        configure();
        assertThat(pool.reserved()).isEqualTo(2 * 6);
        assertThatExceptionOfType(DeviceException.class)
                .isThrownBy(() -> other.configure(new PortConfig(1, 128, 128, pool)))
                .withMessage("port 4 (net_test1): its queues may hold 6 buffers, and mempool test "
                        + "has 16, of which 12 are promised to others: it needs 18 (or fewer "
                        + "descriptors or queues)");
        assertThat(other.rxQueueCount()).isZero();

        configure();
        assertThat(pool.reserved()).isEqualTo(2 * 6);
        port.close();

        assertThat(pool.reserved()).isZero();
        other.configure(new PortConfig(2, 128, 128, pool));
    }

    @Test
    void shouldWarnOnceThatItStarves() throws Exception {
        start();
        assertThat(port.watchBuffers()).isFalse();
        dev.stats = new EthStats(0, 0, 0, 0, 100, 0, 0, 0);
        while (!port.watchBuffers()) {
            LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
        }
        dev.stats = new EthStats(0, 0, 0, 0, 200, 0, 0, 0);
        assertThat(port.watchBuffers()).isFalse();

        device.markRemoved();
        assertThat(port.watchBuffers()).isFalse();
    }

    @Test
    void shouldRefuseWhatItsStateForbids() throws Exception {
        assertThatExceptionOfType(DeviceException.class).isThrownBy(port::start)
                .withMessage("port 3 (net_test0): is not configured");
        assertThatExceptionOfType(DeviceException.class)
                .isThrownBy(() -> port.configure(new PortConfig(1, 64, 64, null)))
                .withMessageContaining("mempool");
        start();
        assertThatExceptionOfType(DeviceException.class).isThrownBy(this::configure)
                .withMessageContaining("stop it");
        port.close();
        assertThatExceptionOfType(DeviceException.class).isThrownBy(this::configure)
                .withMessageContaining("is closed");
        assertThatExceptionOfType(DeviceException.class).isThrownBy(port::start)
                .withMessageContaining("is closed");
    }

    @Test
    void shouldCountAsNotConfiguredWhenAQueueCouldNotBeMade() throws Exception {
        configure();
        dev.onSetup = () -> {
            throw new DeviceException("net_test0: no memory");
        };
        assertThatExceptionOfType(DeviceException.class).isThrownBy(this::configure)
                .withMessage("net_test0: no memory");
        assertThat(port.rxQueueCount()).isZero();
        assertThatExceptionOfType(DeviceException.class).isThrownBy(port::start);

        dev.onSetup = () -> { };
        start();
        assertThat(port.state()).isEqualTo(PortState.STARTED);
    }

    @Test
    void shouldLetLcoresAtTheDriverOnlyWhileStarted() throws Exception {
        assertIdle();
        configure();
        assertIdle();
        port.start();
        assertThat(port.rxQueue(1).burst(pool.mempools().uncached(), mbufs, 8)).isEqualTo(8);
        assertThat(port.txQueue(1).burst(pool.mempools().uncached(), mbufs, 8)).isEqualTo(8);
        assertThat(port.rxQueue(2).burst(pool.mempools().uncached(), mbufs, 32))
                .as("not configured").isZero();
        port.stop();
        assertIdle();
        port.start();
        port.close();
        assertIdle();
    }

    private void assertIdle() {
        long before = dev.bursts.get();
        for (int queue = 0; queue < 4; queue++) {
            assertThat(port.rxQueue(queue).burst(pool.mempools().uncached(), mbufs, 32)).isZero();
            assertThat(port.txQueue(queue).burst(pool.mempools().uncached(), mbufs, 32)).isZero();
        }
        assertThat(dev.bursts.get()).isEqualTo(before);
    }

    @Test
    void shouldStayStoppedWhenTheDriverDoesNotStart() throws Exception {
        configure();
        dev.onStart = () -> {
            throw new DeviceException("net_test0: no carrier");
        };

        assertThatExceptionOfType(DeviceException.class).isThrownBy(port::start)
                .withMessage("net_test0: no carrier");
        assertThat(port.state()).isEqualTo(PortState.STOPPED);
        assertIdle();
    }

    @Test
    void shouldReceiveAndSendNothingOnceRemoved() throws Exception {
        start();
        device.markRemoved();
        assertThat(port.isRemoved()).isTrue();

        assertThat(port.deviceRemoved()).isTrue();
        assertThat(port.deviceRemoved()).isFalse();

        assertIdle();
        assertThat(port.state()).isEqualTo(PortState.STARTED);
        assertThat(port.link()).isEqualTo(Link.DOWN);
        port.stop();
        assertThatExceptionOfType(DeviceException.class).isThrownBy(port::start)
                .withMessageContaining("is gone").withMessageContaining("detach");
        assertThatExceptionOfType(DeviceException.class).isThrownBy(this::configure)
                .withMessageContaining("is gone");
        port.close();
        assertIdle();
        assertThat(dev.calls).endsWith("start", "stop", "close");
    }

    @Test
    void shouldNotWaitForADriverThatIsStarting() throws Exception {
        configure();
        CountDownLatch starting = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        dev.onStart = () -> {
            starting.countDown();
            awaitQuietly(goOn);
        };
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try {
            Future<?> start = thread.submit(() -> {
                port.start();
                return null;
            });
            starting.await();
            assertThat(port.owner()).isEmpty();
            device.markRemoved();
            assertThat(port.deviceRemoved()).isTrue();
            assertIdle();
            goOn.countDown();

            assertThat(start).failsWithin(Duration.ofSeconds(120))
                    .withThrowableThat().withRootCauseInstanceOf(DeviceException.class)
                    .withMessageContaining("pulled out while being started");
            assertIdle();
            assertThat(dev.calls).endsWith("start", "stop");
            assertThat(port.state()).isEqualTo(PortState.STOPPED);
        } finally {
            thread.shutdownNow();
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void shouldTakeEffectAtTheNextBurstOfAnLcore() throws Exception {
        start();
        AtomicBoolean forwarding = new AtomicBoolean(true);
        AtomicLong polls = new AtomicLong();
        ExecutorService lcore = Executors.newSingleThreadExecutor();
        try {
            Future<?> loop = lcore.submit(() -> {
                long[] burst = new long[32];
                while (forwarding.get()) {
                    int n = port.rxQueue(0).burst(pool.mempools().uncached(), burst, 32);
                    port.txQueue(0).burst(pool.mempools().uncached(), burst, n);
                    polls.incrementAndGet();
                }
            });
            awaitMore(polls);
            assertThat(dev.bursts.get()).isPositive();
            device.markRemoved();
            port.deviceRemoved();
            awaitMore(polls);
            long afterwards = dev.bursts.get();
            awaitMore(polls);
            assertThat(dev.bursts.get()).isEqualTo(afterwards);
            forwarding.set(false);
            loop.get();
        } finally {
            forwarding.set(false);
            lcore.shutdownNow();
        }
    }

    /** Until the lcore has begun and finished at least one poll. */
    private static void awaitMore(AtomicLong polls) {
        long now = polls.get();
        while (polls.get() < now + 2) {
            Thread.yield();
        }
    }

    @Test
    void shouldShowTheLastStatsOfADeviceThatIsGone() {
        dev.stats = COUNTED;
        dev.xstats = Map.of("rx_q0_packets", 1L);
        assertThat(port.stats()).isEqualTo(COUNTED);
        assertThat(port.xstats()).containsAllEntriesOf(dev.xstats);
        device.markRemoved();
        dev.stats = allOnes(-1);
        dev.xstats = Map.of("rx_q0_packets", -1L);
        dev.calls.clear();

        assertThat(port.stats()).isEqualTo(COUNTED);
        assertThat(port.xstats()).containsEntry("rx_q0_packets", 1L);
        port.close();
        assertThat(port.stats()).isEqualTo(COUNTED);
        port.resetStats();
        assertThat(port.stats()).isEqualTo(EthStats.ZERO);
        assertThat(port.xstats()).containsEntry("rx_q0_packets", 0L);
        assertThat(dev.calls).as("the dead device was not asked").containsExactly("close");
    }

    @ParameterizedTest
    @CsvSource({"-1", "0xffffffff"})
    void shouldNotBelieveAllOnesBeforeTheRemovalIsNoticed(String value) {
        dev.stats = COUNTED;
        dev.xstats = Map.of("rx_q0_packets", 1L);
        port.stats();
        port.xstats();
        dev.stats = allOnes(Long.decode(value));
        dev.xstats = Map.of("rx_q0_packets", Long.decode(value));

        assertThat(port.stats()).isEqualTo(COUNTED);
        assertThat(port.xstats()).containsEntry("rx_q0_packets", 1L);
    }

    private static EthStats allOnes(long value) {
        return new EthStats(9, 9, 9, value, 9, 9, 9, 9);
    }

    @Test
    void shouldDropAReadingDuringWhichTheDeviceWent() {
        dev.stats = COUNTED;
        port.stats();
        dev.stats = new EthStats(9, 9, 9, 9, 9, 9, 9, 9);
        dev.onStats = device::markRemoved;

        assertThat(port.stats()).isEqualTo(COUNTED);
    }

    @Test
    void shouldGoOnReadingStatsThatOutliveTheDevice() {
        dev.statsOutlive = true;
        dev.stats = COUNTED;
        port.stats();
        device.markRemoved();
        port.deviceRemoved();
        EthStats lastBurst = new EthStats(33, 2, 3, 4, 5, 6, 7, 8);
        dev.stats = lastBurst;

        assertThat(port.stats()).isEqualTo(lastBurst);
        port.close();
        dev.stats = EthStats.ZERO;
        assertThat(port.stats()).as("closed").isEqualTo(lastBurst);
    }

    @Test
    void shouldKeepTheStatsOfAClosedPort() {
        dev.stats = COUNTED;
        port.close();
        dev.stats = EthStats.ZERO;

        assertThat(port.stats()).isEqualTo(COUNTED);
        assertThat(port.link()).isEqualTo(Link.DOWN);
    }

    @Test
    void shouldHaveAnyNumbersOfReceiveAndTransmitQueues() throws Exception {
        port.configure(new PortConfig(1, 3, 128, 256, pool));
        assertThat(port.rxQueueCount()).isEqualTo(1);
        assertThat(port.txQueueCount()).isEqualTo(3);
        assertThat(pool.reserved()).isEqualTo(TestDev.RX_BUFFERS + 3 * TestDev.TX_BUFFERS);
        assertThatExceptionOfType(DeviceException.class)
                .isThrownBy(() -> port.configure(new PortConfig(1, 9, 128, 256, pool)))
                .withMessage("port 3 (net_test0): 9 tx queues: 1 to 8 are possible");
    }

    /** Names and order are those of DPDK 22.11, {@code show port xstats}. */
    @Test
    void shouldShowWhatEveryPortCountsFirst() {
        dev.stats = new EthStats(1, 2, 3, 4, 5, 6, 7, 8);
        dev.xstats = Map.of("rx_q0_packets", 9L);
        assertThat(port.xstats()).containsExactly(Map.entry("rx_good_packets", 1L),
                Map.entry("tx_good_packets", 6L), Map.entry("rx_good_bytes", 2L),
                Map.entry("tx_good_bytes", 7L), Map.entry("rx_missed_errors", 4L),
                Map.entry("rx_errors", 3L), Map.entry("tx_errors", 8L),
                Map.entry("rx_mbuf_allocation_errors", 5L), Map.entry("rx_q0_packets", 9L));
    }
}
