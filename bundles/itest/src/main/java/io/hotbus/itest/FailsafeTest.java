// SPDX-License-Identifier: Apache-2.0
package io.hotbus.itest;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.MempoolCaches;
import io.hotbus.ethdev.EthEvent;
import io.hotbus.ethdev.EthStats;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortRegistry;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tests a failsafe port whose devices are pulled out while packets flow. */
class FailsafeTest extends MembersTests {
    private static final Logger LOG = LoggerFactory.getLogger(FailsafeTest.class);
    private static final String FAILSAFE = "net_failsafe0,"
            + "dev(net_sim0,peer=net_sim2,uevent_ms=1),dev(net_sim1,peer=net_sim3,uevent_ms=1)";

    @Test
    void shouldLoseNothingWhenThePreferredDeviceIsPulledOutUnderLoad() throws Exception {
        Port port = test.start(FAILSAFE);
        Port[] peers = {test.start("net_sim2"), test.start("net_sim3")};
        awaitLinks();
        Outages removals = new Outages(REMOVALS);
        Outages returns = new Outages(REMOVALS);
        try (NumberedTraffic traffic = new NumberedTraffic(test.pool(), port, peers)) {
            traffic.awaitPackets(100_000);
            for (int i = 0; i < REMOVALS; i++) {
                traffic.takeLongestGapNanos();
                injector.yank("net_sim0");
                Waiting.until("net_sim0 is not let go of", () -> isAway("net_sim0"));
                traffic.awaitPackets(10_000);
                removals.note(i, traffic);
                injector.plug("net_sim0");
                Waiting.until("net_sim0 is not used again", () -> isUsed("net_sim0"));
                traffic.awaitPackets(10_000);
                returns.note(i, traffic);
            }
            traffic.drain();

            long again = port.xstats().get("tx_q0_replayed_packets");
            LOG.info("{} removals: {}, sent again {}; outage {}; when it returns {}",
                    REMOVALS, traffic, again, removals, returns);
            assertThat(traffic.lost()).as("lost").isZero();
            assertThat(traffic.duplicates()).as("twice").isLessThanOrEqualTo(again);
            assertThat(again).as("sent again").isLessThanOrEqualTo(REMOVALS * 256L);
            EthStats stats = port.stats();
            assertThat(stats.txPackets()).as("counted").isEqualTo(traffic.sent());
            assertThat(port.xstats()).containsEntry("sub0_removals", (long) REMOVALS)
                    .containsEntry("sub0_adoptions", REMOVALS + 1L);
        }
        test.giveUp(port);
        Arrays.stream(peers).forEach(peer -> {
            peer.stop();
            peer.close();
        });
        assertThat(test.pool().available()).isEqualTo(test.pool().capacity());
    }

    /** The longest time without a packet, each time, and less what was waited for a CPU. */
    private record Outages(long[] nanos, long[] own) {
        Outages(int count) {
            this(new long[count], new long[count]);
        }

        void note(int index, NumberedTraffic traffic) {
            own[index] = traffic.longestOwnGapNanos();
            nanos[index] = traffic.takeLongestGapNanos();
        }

        @Override
        public String toString() {
            return micros(nanos) + "; without waiting for a CPU " + micros(own);
        }

        private static String micros(long[] all) {
            long[] nanos = all.clone();
            Arrays.sort(nanos);
            return "p50 %d us, p99 %d us, longest %d us".formatted(nanos[nanos.length / 2] / 1000,
                    nanos[nanos.length * 99 / 100] / 1000, nanos[nanos.length - 1] / 1000);
        }
    }

    @Test
    void shouldKeepPacketsWhileNoDeviceIsThere() throws Exception {
        Port port = test.start(FAILSAFE);
        Port[] peers = {test.start("net_sim2"), test.start("net_sim3")};
        awaitLinks();
        try (NumberedTraffic traffic = new NumberedTraffic(test.pool(), port, peers)) {
            traffic.awaitPackets(10_000);
            injector.yank("net_sim0");
            injector.yank("net_sim1");
            Waiting.until("the link is up", () -> !port.link().up());
            EthStats away = port.stats();
            injector.plug("net_sim1");
            traffic.awaitPackets(10_000);
            injector.plug("net_sim0");
            Waiting.until("net_sim0 is not used again", () -> isUsed("net_sim0"));
            traffic.awaitPackets(10_000);
            traffic.drain();

            assertThat(traffic.lost()).as("lost").isZero();
            EthStats end = port.stats();
            assertThat(end.txPackets()).isGreaterThan(away.txPackets())
                    .isEqualTo(traffic.sent());
        }
    }

    @Test
    void shouldTakeOverADeviceThatComesLateAndOneThatAnApplicationUses() throws Exception {
        test.start("net_null0,no-rx=1");
        Port port = test.start("net_failsafe0,hotplug_poll=50,dev(net_sim0),dev(net_null0),"
                + "dev(mac=02:00:00:00:00:03)");
        assertThat(member("net_null0").owner()).contains("net_failsafe0");
        assertThat(port.xstats()).containsEntry("sub2_adoptions", 0L);

        test.attach("net_sim2");

        Waiting.until("net_sim2 is not taken over",
                () -> port.xstats().get("sub2_adoptions") == 1);
        assertThat(member("net_sim2").owner()).contains("net_failsafe0");
        assertThat(member("net_sim2").id()).isGreaterThanOrEqualTo(PortRegistry.FIRST_CLAIMED);
    }

    /** The peer's disconnection is no removal: the other device sends while there is no link. */
    @Test
    void shouldStandOnAMemifAndPreferItWhileItsPeerIsConnected() throws Exception {
        String socket = ",socket=itest-failsafe-" + ProcessHandle.current().pid();
        Port port = test.start("net_failsafe0,dev(net_memif0,role=server" + socket
                + "),dev(net_sim0,peer=net_sim2)");
        Port peer = test.start("net_sim2");
        Port memif = test.start("net_memif1,role=client" + socket);
        awaitUsed(port, "net_memif0");
        try (NumberedTraffic traffic = new NumberedTraffic(test.pool(), port, memif, peer)) {
            traffic.awaitPackets(10_000);
            assertThat(peer.stats().rxPackets()).as("by the other one").isLessThan(1000);
            memif.stop();
            long before = peer.stats().rxPackets();
            Waiting.until("net_sim0 does not send", () -> peer.stats().rxPackets() > before + 1000);
            memif.start();
            long then = memif.stats().rxPackets();
            Waiting.until("net_memif0 does not send again",
                    () -> memif.stats().rxPackets() > then + 1000);
        }
    }

    private void awaitUsed(Port port, String name) {
        Waiting.until(() -> name + " has no link", () -> isUsed(name)
                && port.link().equals(member(name).link()));
    }

    @Test
    void shouldStandOnAnotherFailsafePort() throws Exception {
        Port port = test.start("net_failsafe0,dev(net_failsafe1,dev(net_sim0,peer=net_sim2,"
                + "uevent_ms=1),dev(net_sim1,peer=net_sim3))");
        Port[] peers = {test.start("net_sim2"), test.start("net_sim3")};
        awaitLinks();
        try (NumberedTraffic traffic = new NumberedTraffic(test.pool(), port, peers)) {
            traffic.awaitPackets(10_000);
            injector.yank("net_sim0");
            Waiting.until("net_sim0 is not let go of", () -> isAway("net_sim0"));
            traffic.awaitPackets(10_000);
            traffic.drain();
            assertThat(traffic.lost()).as("lost").isZero();
        }
        assertThat(port.xstats()).containsEntry("sub0_removals", 0L);
    }

    @Test
    void shouldKeepThePortWhenTheDriverOfAllItsDevicesIsReplacedUnderLoad() throws Exception {
        Port port = test.start("net_failsafe0,dev(net_sim0,peer=net_sim2),"
                + "dev(net_sim1,peer=net_sim3)");
        Port[] peers = {test.start("net_sim2"), test.start("net_sim3")};
        awaitLinks();
        try (NumberedTraffic traffic = new NumberedTraffic(test.pool(), port, peers)) {
            traffic.awaitPackets(10_000);
            // The driver of the test's own ports as well, so they get no packets any more. The
            // bundle is started by the update and by the refresh after it: once more, or twice.
            Bundles.update(Bundles.named("net.sim"));
            Waiting.until("net_sim0 is not used again", () -> member("net_sim0") != null
                    && port.xstats().get("sub0_adoptions") >= 2
                    && port.xstats().get("sub1_adoptions") >= 2);
        }
        assertThat(port.isRemoved()).isFalse();
    }

    @Test
    void shouldWakeAtAPacketOfAnySubDeviceAndAtARemoval() throws Exception {
        Port port = test.start(FAILSAFE);
        Port[] peers = {test.start("net_sim2"), test.start("net_sim3")};
        awaitLinks();
        MempoolCaches caches = test.pool().mempools().uncached();
        long[] packet = new long[1];
        for (Port peer : peers) {
            CountDownLatch woken = sleep(port);
            assertThat(test.pool().get(packet, 0, 1)).isEqualTo(1);
            Mbuf.setLength(packet[0], 64);
            assertThat(peer.txQueue(0).burst(caches, packet, 1)).isEqualTo(1);
            assertThat(woken.await(Application.DEADLINE_SECONDS, TimeUnit.SECONDS)).isTrue();
            Waiting.until("the packet does not come",
                    () -> port.rxQueue(0).burst(caches, packet, 1) == 1);
            assertThat(Mbuf.port(packet[0])).isEqualTo(port.id());
            caches.free(packet, 0, 1);
        }
        CountDownLatch woken = sleep(port);
        injector.yank("net_sim0");
        assertThat(woken.await(Application.DEADLINE_SECONDS, TimeUnit.SECONDS)).isTrue();
    }

    /** Asks to be woken; nothing wakes while nothing happens. */
    private static CountDownLatch sleep(Port port) throws InterruptedException {
        CountDownLatch woken = new CountDownLatch(1);
        assertThat(port.wakeOnPacket(0, woken::countDown)).isTrue();
        assertThat(woken.await(50, TimeUnit.MILLISECONDS)).isFalse();
        return woken;
    }

    @Test
    void shouldShowNoPortOfASubDeviceToApplications() throws Exception {
        Port port = test.start(FAILSAFE);

        assertThat(port.id()).isLessThan(PortRegistry.FIRST_CLAIMED);
        assertThat(member("net_sim0").id()).isGreaterThanOrEqualTo(PortRegistry.FIRST_CLAIMED);
        EthEvent added = test.awaitPort(EthEvent.Kind.NEW, "net_sim0");
        assertThat(added.port().owner()).contains("net_failsafe0");
    }

    @Test
    void shouldKeepThePortWhenTheDriverOfASubDeviceIsReplaced() throws Exception {
        Port port = test.start("net_failsafe0,dev(net_null0)");
        Port before = member("net_null0");

        Bundles.update(Bundles.named("net.null"));

        Waiting.until("net_null0 is not used again", () -> member("net_null0") != before
                && isUsed("net_null0"));
        assertThat(port.isRemoved()).isFalse();
        Waiting.until("there is no link", () -> port.link().up());
    }
}
