// SPDX-License-Identifier: Apache-2.0
package io.hotbus.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.eal.bus.Device;
import io.hotbus.ethdev.EthDevInfo;
import io.hotbus.ethdev.EthEvent;
import io.hotbus.ethdev.EthStats;
import io.hotbus.ethdev.MacAddress;
import io.hotbus.ethdev.NotSupportedException;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.QueueLimits;
import io.hotbus.tck.internal.Configured;
import io.hotbus.tck.internal.DeviceContract;
import io.hotbus.tck.internal.PortRun;
import io.hotbus.tck.internal.Traffic;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ArgumentsSource;

/** Tests the port of a device, from configuration to close. Skips devices without a port. */
@ParameterizedClass(name = "{0}", allowZeroInvocations = true)
@ArgumentsSource(Configured.Devices.class)
public final class PortContractTest extends DeviceContract {

    private Device device;
    private Port port;

    @BeforeEach
    void attach() throws Exception {
        device = testee.attach();
        port = testee.requirePort();
    }

    @Test
    @Contract(of = "EthDev.info", says = "Limits and facts that do not change: a driver's name, a"
            + " unicast address, and ranges that are not empty.")
    void shouldGiveSaneFacts() {
        EthDevInfo info = port.info();
        assertThat(info.driver()).as("driver").isNotBlank();
        assertThat(info.macAddress()).as("address").matches(MacAddress::isUnicast);
        for (QueueLimits limits : List.of(info.rx(), info.tx())) {
            assertThat(limits.maxQueues()).as("most queues").isPositive();
            assertThat(limits.minDescriptors()).as("fewest descriptors").isPositive();
            assertThat(Integer.highestOneBit(limits.maxDescriptors()))
                    .as("largest power of two descriptors").isGreaterThanOrEqualTo(
                            limits.minDescriptors());
        }
    }

    @Test
    @Contract(of = "PortRegistry", says = "A driver publishes a port in probe (NEW), and takes it"
            + " away in remove (DESTROY), once each.")
    void shouldPublishAndTakeAwayItsPort() throws Exception {
        testee.detach();

        platform.settle();
        assertThat(platform.events(EthEvent.Kind.NEW, device)).as("NEW").hasSize(1);
        assertThat(platform.events(EthEvent.Kind.DESTROY, device)).as("DESTROY").hasSize(1);
        assertThat(platform.ports().ports()).as("ports").doesNotContain(port);
    }

    @Test
    @Contract(of = "EthDev.close", says = "All buffers are back in their pools.")
    void shouldReturnEveryBufferOnClose() throws Exception {
        try (PortRun run = PortRun.started(platform, port)) {
            try (Traffic traffic = run.traffic()) {
                traffic.awaitRounds(1000);
            }
            port.stop();
            port.close();
            run.requireNoneMissing();
        }
    }

    @Test
    @Contract(of = "EthDev.maxRxBuffers, maxTxBuffers", says = "Its queues never hold more"
            + " buffers than it says.")
    void shouldHoldNoMoreBuffersThanItSays() throws Exception {
        try (PortRun run = PortRun.started(platform, port)) {
            try (Traffic traffic = run.traffic()) {
                traffic.awaitRounds(1000);
            }
            assertThat(run.missing()).as("buffers in its queues")
                    .isLessThanOrEqualTo(run.pool().reserved());
            port.close();
            assertThat(run.pool().reserved()).as("buffers reserved by a closed port").isZero();
        }
    }

    @Test
    @Contract(of = "EthDev.setRxFilter", says = "A device with a promiscuous mode turns it on and"
            + " off, and receives and sends again. It refuses what it says it cannot do.")
    void shouldTurnPromiscuousModeOnAndOffOrSayThatItCannot() throws Exception {
        try (PortRun run = PortRun.started(platform, port)) {
            for (boolean on : new boolean[] {true, false, true}) {
                boolean before = port.promiscuous();
                try {
                    port.setPromiscuous(on);
                    assertThat(port.promiscuous()).isEqualTo(on);
                } catch (NotSupportedException e) {
                    assertThat(e).hasMessageContaining(port.info().driver());
                    assertThat(port.promiscuous()).isEqualTo(before);
                }
            }
            try (Traffic traffic = run.traffic()) {
                traffic.awaitRounds(100);
            }
        }
    }

    @Test
    @Contract(of = "EthDev.setMtu", says = "With each MTU within its limits it starts, receives"
            + " and sends.")
    void shouldRunWithEveryMtu() throws Exception {
        try (PortRun run = PortRun.started(platform, port)) {
            for (int mtu : new int[] {EthDevInfo.MIN_MTU, port.info().maxMtu(), 1500}) {
                port.stop();
                port.setMtu(mtu);
                port.start();
                try (Traffic traffic = run.traffic()) {
                    traffic.awaitRounds(100);
                }
            }
            port.close();
            run.requireNoneMissing();
        }
    }

    @Test
    @Contract(of = "TxQueue.burst", says = "A packet may have several segments, and its buffers"
            + " several references: it is sent or refused, and each buffer comes back once.")
    void shouldGiveBackChainsAndSharedBuffersOnce() throws Exception {
        try (PortRun run = PortRun.started(platform, port)) {
            for (int i = 0; i < 1000; i++) {
                run.exchangeChain();
            }
            port.close();
            run.requireNoneMissing();
        }
    }

    @Test
    @Contract(of = "EthDev.stop", says = "Stopped and started again, it receives and sends again.")
    void shouldStartAgainAfterAStop() throws Exception {
        try (PortRun run = PortRun.started(platform, port)) {
            for (int i = 0; i < 3; i++) {
                port.start();
                try (Traffic traffic = run.traffic()) {
                    traffic.awaitRounds(100);
                }
                port.stop();
            }
            port.close();
            run.requireNoneMissing();
        }
    }

    @Test
    @Contract(of = "EthDev.setupRxQueue", says = "Makes the queue, replacing one set up before:"
            + " with other sizes, more queues or fewer, no buffer is lost.")
    void shouldSetUpItsQueuesAgainWithOtherSizes() throws Exception {
        int most = Math.min(4, Math.min(
                port.info().rx().maxQueues(), port.info().tx().maxQueues()));
        try (PortRun run = new PortRun(platform, port, most, 1024)) {
            for (int[] setUp : new int[][] {{1, 64}, {most, 512}, {1, 1024}, {most, 64}}) {
                run.configure(setUp[0], setUp[1]);
                assertThat(port.rxQueueCount()).isEqualTo(setUp[0]);
                assertThat(port.txQueueCount()).isEqualTo(setUp[0]);
                port.start();
                try (Traffic traffic = run.traffic()) {
                    traffic.awaitRounds(100);
                }
                port.stop();
            }
            port.close();
            run.requireNoneMissing();
        }
    }

    @Test
    @Contract(of = "EthDev.resetStats", says = "Counts from zero from now on.")
    void shouldCountFromZeroAfterAReset() throws Exception {
        try (PortRun run = PortRun.started(platform, port)) {
            try (Traffic traffic = run.traffic()) {
                traffic.awaitRounds(100);
            }
            port.stop();
            port.resetStats();
            assertThat(port.stats()).isEqualTo(EthStats.ZERO);
            port.close();
        }
    }

    @Test
    @Contract(of = "EthDev.close", says = "A port in use that its driver takes away lets go of"
            + " everything, without being stopped or closed before.")
    void shouldLetGoOfAPortInUse() throws Exception {
        try (PortRun run = PortRun.started(platform, port); Traffic traffic = run.traffic()) {
            traffic.awaitRounds(100);

            testee.detach();

            assertThat(testee.port()).as("its port").isEmpty();
            run.requireNoneMissing();
        }
    }
}
