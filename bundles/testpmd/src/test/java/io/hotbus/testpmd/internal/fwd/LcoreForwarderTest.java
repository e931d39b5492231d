// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.fwd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.ethdev.Port;
import io.hotbus.testpmd.ForwardEngine;
import io.hotbus.testpmd.Forwarder.Drained;
import io.hotbus.testpmd.FwdStream;
import io.hotbus.testpmd.StreamStats;
import io.hotbus.testpmd.internal.engine.IoFwd;
import io.hotbus.testpmd.rig.Rig;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LcoreForwarderTest {
    private static List<String> routes(Rig rig) {
        return rig.forwarder.statistics().stream().filter(StreamStats::running)
                .map(s -> s.rxPort() + ">" + s.txPort() + "/" + s.queue()).toList();
    }

    @Test
    void shouldForwardBetweenPairs() throws Exception {
        try (Rig rig = new Rig()) {
            rig.attach(4);

            rig.forwarder.start(1);

            assertThat(routes(rig)).containsExactlyInAnyOrder(
                    "wire0>wire1/0", "wire1>wire0/0", "wire2>wire3/0", "wire3>wire2/0");
            for (int i = 0; i < 4; i++) {
                rig.awaitTrafficFrom("wire" + i);
            }
            assertThat(rig.forwarder.firstPacketNanos()).isPresent();
        }
    }

    @Test
    void shouldForwardBackWhereThePartnerIsMissing() throws Exception {
        try (Rig rig = new Rig()) {
            rig.attach("wire0,loopback=1");

            rig.forwarder.start(1);

            assertThat(routes(rig)).containsExactly("wire0>wire0/0");
            rig.awaitTrafficFrom("wire0");
        }
    }

    @Test
    void shouldForwardEveryQueueOnTheLcoresAskedFor() throws Exception {
        try (Rig rig = new Rig("--rxq", "2", "-l", "2-3")) {
            rig.attach(2);

            rig.forwarder.start(1);

            assertThat(routes(rig)).containsExactlyInAnyOrder(
                    "wire0>wire1/0", "wire0>wire1/1", "wire1>wire0/0", "wire1>wire0/1");
            assertThat(rig.forwarder.statistics()).allSatisfy(s ->
                    assertThat(s.lcore()).isEqualTo(s.queue() == 0 ? "lcore-2" : "lcore-3"));
            assertThat(rig.forwarder.lcores()).containsExactly(
                    "lcore-2 (CPU 2), 2 stream(s)", "lcore-3 (CPU 3), 2 stream(s)");
            rig.awaitTrafficFrom("wire1");
        }
    }

    @Test
    void shouldGiveEachDirectionAnLcoreWhereThereAreTwo() throws Exception {
        try (Rig rig = new Rig("--nb-cores", "2")) {
            rig.attach(2);
            rig.forwarder.start(1);

            assertThat(rig.forwarder.lcores()).containsExactly(
                    "lcore-2 (CPU 2), 1 stream(s)", "lcore-3 (CPU 3), 1 stream(s)");
            rig.awaitTrafficFrom("wire0");
            rig.awaitTrafficFrom("wire1");
        }
    }

    @Test
    void shouldLoseNoPacket() throws Exception {
        try (Rig rig = new Rig()) {
            rig.attach(2);
            rig.forwarder.start(4);
            rig.awaitTrafficFrom("wire0");
            rig.awaitTrafficFrom("wire1");

            rig.forwarder.stop();

            List<StreamStats> streams = rig.forwarder.statistics();
            assertThat(streams).allSatisfy(s -> {
                assertThat(s.injected()).isEqualTo(128);
                assertThat(s.dropped()).isZero();
                assertThat(s.sent()).isEqualTo(s.received());
                assertThat(s.running()).isFalse();
            });
            assertThat(rig.forwarder.drain(rig.registry.ports(), 256, Duration.ofSeconds(30)))
                    .isEqualTo(new Drained(256, 256));
            assertThat(rig.forwarder.drain(rig.registry.ports(), 1, Duration.ofMillis(10)))
                    .isEqualTo(new Drained(0, 0));
            assertThat(rig.forwarder.mbufsInUse()).isZero();
        }
    }

    @Test
    void shouldTakeAPortAwayAndBackWhileTheOthersForward() throws Exception {
        try (Rig rig = new Rig()) {
            rig.attach(4);
            rig.forwarder.start(1);
            Port port = rig.registry.port("wire0").orElseThrow();
            for (int i = 0; i < 20; i++) {
                rig.awaitTrafficFrom("wire0");
                List<StreamStats> others = others(rig);

                rig.forwarder.removePort(port);
                assertThat(routes(rig))
                        .containsExactlyInAnyOrder("wire2>wire3/0", "wire3>wire2/0");
                rig.awaitTrafficFrom("wire2");

                rig.forwarder.addPort(port);
                rig.awaitTrafficFrom("wire1");
                assertThat(others(rig)).allSatisfy(now -> assertThat(now.firstPacketNanos())
                        .isEqualTo(others.stream().filter(s -> s.rxPort().equals(now.rxPort()))
                                .findFirst().orElseThrow().firstPacketNanos()));
            }
            rig.forwarder.stop();
            assertThat(others(rig)).allSatisfy(s -> assertThat(s.dropped()).isZero());
            assertThat(rig.forwarder.drain(List.of(rig.registry.port("wire2").orElseThrow(),
                    rig.registry.port("wire3").orElseThrow()), 64, Duration.ofSeconds(30)))
                    .isEqualTo(new Drained(64, 64));
        }
    }

    private static List<StreamStats> others(Rig rig) {
        return rig.forwarder.statistics().stream()
                .filter(s -> !s.involves("wire0")).toList();
    }

    @Test
    void shouldCountOnWhereAStreamEnded() throws Exception {
        try (Rig rig = new Rig()) {
            rig.attach(2);
            rig.forwarder.start(1);
            rig.awaitTrafficFrom("wire0");
            Port port = rig.registry.port("wire0").orElseThrow();

            rig.forwarder.removePort(port);
            long atEnd = rig.sentFrom("wire0");
            assertThat(atEnd).isPositive();
            rig.forwarder.addPort(port);

            assertThat(rig.sentFrom("wire0")).isGreaterThanOrEqualTo(atEnd);
            assertThat(rig.forwarder.statistics()).hasSize(2)
                    .allSatisfy(s -> assertThat(s.injected()).isEqualTo(64));
        }
    }

    @Test
    void shouldForgetWhoIsMissingAtTheNextStart() throws Exception {
        try (Rig rig = new Rig()) {
            rig.attach(2);
            rig.forwarder.start(0);
            rig.forwarder.removePort(rig.registry.port("wire1").orElseThrow());
            assertThat(routes(rig)).isEmpty();

            rig.forwarder.stop();
            rig.forwarder.start(0);

            assertThat(routes(rig)).containsExactly("wire0>wire0/0");
        }
    }

    @Test
    void shouldNotTakeAPortAwayFromALcoreThatHangs() throws Exception {
        try (Rig rig = new Rig()) {
            rig.attach(2);
            rig.forwarder.start(1);
            CountDownLatch release = new CountDownLatch(1);
            rig.nic("wire0").hangUntil(release);
            Rig.await(rig.nic("wire0")::isHanging);
            Port port = rig.registry.port("wire0").orElseThrow();

            assertThatThrownBy(() -> rig.forwarder.removePort(port))
                    .isInstanceOf(DeviceException.class).hasMessageContaining("hangs");

            release.countDown();
            rig.forwarder.removePort(port);
            assertThat(routes(rig)).isEmpty();
        }
    }

    @Test
    void shouldStopOnlyTheStreamWhoseModeThrows() throws Exception {
        try (Rig rig = new Rig()) {
            rig.attach(2);
            AtomicBoolean fail = new AtomicBoolean();
            IoFwd io = new IoFwd();
            ForwarderAccess.add(rig.forwarder, new ForwardEngine() {
                @Override
                public String name() {
                    return "fragile";
                }

                @Override
                public void forward(FwdStream stream) {
                    if (fail.get() && stream.rxPort().name().equals("wire0")) {
                        throw new IllegalStateException("fragile");
                    }
                    io.forward(stream);
                }
            });
            rig.forwarder.setEngine("fragile");
            rig.forwarder.start(1);
            rig.awaitTrafficFrom("wire1");

            fail.set(true);

            Rig.await(() -> routes(rig).equals(List.of("wire1>wire0/0")));
            fail.set(false);
            rig.forwarder.stop();
            rig.forwarder.start(1);
            rig.awaitTrafficFrom("wire0");
        }
    }

    @Test
    void shouldStopWhenItsModeGoesAway() throws Exception {
        try (Rig rig = new Rig()) {
            rig.attach(2);
            IoFwd io = new IoFwd();
            ForwarderAccess.add(rig.forwarder, io);
            rig.forwarder.start(1);

            ForwarderAccess.remove(rig.forwarder, io);

            assertThat(rig.forwarder.running()).isFalse();
            assertThat(rig.forwarder.engines()).doesNotContain("io").contains("mac", "rxonly");
            assertThatThrownBy(() -> rig.forwarder.start(0))
                    .hasMessageStartingWith("'io' is not a forwarding engine (there are: 5tswap, ");
        }
    }

    @Test
    void shouldBeStartedOnceAndStoppedOften() throws Exception {
        try (Rig rig = new Rig()) {
            rig.forwarder.stop();
            rig.forwarder.start(0);
            assertThatThrownBy(() -> rig.forwarder.start(0)).isInstanceOf(DeviceException.class)
                    .hasMessageContaining("runs already");
            assertThatThrownBy(() -> rig.forwarder.drain(List.of(), 1, Duration.ZERO))
                    .isInstanceOf(IllegalStateException.class);
            rig.forwarder.stop();
            rig.forwarder.stop();
            assertThat(rig.forwarder.running()).isFalse();
        }
    }

    @Test
    void shouldSayThatACpuIsNotThere() throws Exception {
        try (Rig rig = new Rig("-l", "7")) {
            assertThatThrownBy(() -> rig.forwarder.start(0)).isInstanceOf(DeviceException.class)
                    .hasMessageContaining("CPU 7 is not available");
        }
        try (Rig rig = new Rig("--nb-cores", "4")) {
            assertThatThrownBy(() -> rig.forwarder.start(0)).isInstanceOf(DeviceException.class)
                    .hasMessageContaining("--nb-cores 4: only 3 CPU(s)");
        }
    }

    @Test
    void shouldSayThatTheMempoolIsTooSmallForTheFirstPackets() throws Exception {
        try (Rig rig = new Rig("--total-num-mbufs", "2000", "--rxd", "128", "--txd", "128")) {
            rig.attach(2);

            rig.forwarder.start(64);

            assertThat(rig.forwarder.statistics().stream().mapToLong(StreamStats::injected).sum())
                    .isPositive().isLessThanOrEqualTo(2000);
        }
    }

    @Test
    void shouldMakeThePoolAsLargeAsTheDevicesNeed() throws Exception {
        String[] vdevs = IntStream.range(0, 64).mapToObj(i -> "--vdev=wire" + i)
                .toArray(String[]::new);
        try (Rig rig = new Rig(vdevs)) {
            rig.attach(64);

            assertThat(rig.forwarder.mbufs()).isEqualTo(64 * (512 + 512) + 512 + 32);
            rig.forwarder.start(1);
            for (Port port : rig.forwarder.ports()) {
                rig.awaitTrafficFrom(port.name());
            }
        }
        try (Rig rig = new Rig()) {
            assertThat(rig.forwarder.mbufs()).isEqualTo(16384);
        }
    }

    @Test
    void shouldTakeThePacketsOfAPortFromItsNumaNode() throws Exception {
        try (Rig rig = new Rig()) {
            Port near = rig.attach("wire0");
            Port far = rig.attach("wire1,numa=1");

            assertThat(rig.forwarder.portConfig(near).pool().name()).isEqualTo("testpmd");
            assertThat(rig.forwarder.portConfig(far).pool().name()).isEqualTo("testpmd, node 1");
            rig.forwarder.start(1);
            rig.awaitTrafficFrom("wire0");
            rig.awaitTrafficFrom("wire1");
        }
        try (Rig rig = new Rig("--no-numa")) {
            Port far = rig.attach("wire1,numa=1");

            assertThat(rig.forwarder.portConfig(far).pool().name()).isEqualTo("testpmd");
        }
    }

    @Test
    void shouldReserveForLcoresInThePoolOfEachNode() throws Exception {
        try (Rig rig = new Rig("--total-num-mbufs", "3000")) {
            Mempool near = rig.forwarder.portConfig(rig.attach("wire0")).pool();
            Mempool far = rig.forwarder.portConfig(rig.attach("wire1,numa=1")).pool();
            assertThat(List.of(near.reserved(), far.reserved())).containsOnly(1024 + 544);

            rig.settings.change(config -> config.withBurst(512));
            assertThatThrownBy(() -> rig.forwarder.start(0)).isInstanceOf(DeviceException.class)
                    .hasMessageContaining("may hold 2560, and 1024 are promised to ports");

            assertThat(List.of(near.reserved(), far.reserved())).containsOnly(1024 + 544);
            rig.settings.change(config -> config.withBurst(16));
            rig.forwarder.start(0);
            assertThat(List.of(near.reserved(), far.reserved())).containsOnly(1024 + 528);
        }
    }

    @Test
    void shouldRefuseThePortThatWouldStarveOthers() throws Exception {
        try (Rig rig = new Rig("--total-num-mbufs", "3000")) {
            rig.attach(2);
            rig.forwarder.start(1);

            assertThatThrownBy(() -> rig.attach("wire2")).isInstanceOf(DeviceException.class)
                    .hasMessageContaining("may hold 1024 buffers, and mempool testpmd has 3000, "
                            + "of which 2592 are promised to others: it needs 3616");

            assertThat(rig.forwarder.ports()).hasSize(2);
            rig.awaitTrafficFrom("wire0");
            rig.ports.manager().detach(rig.registry.port("wire1").orElseThrow());
            rig.attach("wire2");
        }
    }

    @Test
    void shouldNotStartAPortThatCannotBeForwarded() throws Exception {
        try (Rig rig = new Rig("--total-num-mbufs", "500")) {
            assertThatThrownBy(() -> rig.attach("wire0")).isInstanceOf(DeviceException.class)
                    .hasMessageContaining("mempool of 500 mbufs: 1 lcore(s) with bursts of 32 may "
                            + "hold 544: start with --total-num-mbufs 544 or more");

            assertThat(rig.registry.ports()).isEmpty();
            assertThat(rig.forwarder.ports()).isEmpty();
        }
    }

    @Test
    void shouldKnowNoUnknownEngine() throws Exception {
        try (Rig rig = new Rig()) {
            assertThatThrownBy(() -> rig.forwarder.setEngine("warp"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("'warp' is not a forwarding engine (there are: 5tswap, csum, "
                            + "flowgen, icmpecho, io, mac, macswap, noisy, rxonly, txonly)");
            assertThat(rig.forwarder.engine()).isEqualTo("io");
        }
    }
}
