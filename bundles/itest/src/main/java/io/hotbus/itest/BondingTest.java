// SPDX-License-Identifier: Apache-2.0
package io.hotbus.itest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hotbus.ethdev.EthStats;
import io.hotbus.ethdev.Link;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortRegistry;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tests bonds whose members are pulled out while packets flow. */
class BondingTest extends MembersTests {
    private static final Logger LOG = LoggerFactory.getLogger(BondingTest.class);
    private static final String MEMBERS = ",member=net_sim0,member=net_sim1";

    private Port[] attachPairs() throws Exception {
        test.attach("net_sim0,peer=net_sim2,uevent_ms=1");
        test.attach("net_sim1,peer=net_sim3,uevent_ms=1");
        return new Port[] {test.start("net_sim2"), test.start("net_sim3")};
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "1", "2", "5", "6"})
    void shouldLoseNothingWhenAMemberIsPulledOutUnderLoad(String mode) throws Exception {
        Port[] peers = attachPairs();
        Port port = test.start("net_bonding0,mode=" + mode + MEMBERS);
        awaitLinks();
        try (NumberedTraffic traffic = new NumberedTraffic(test.pool(), port, peers)) {
            traffic.awaitPackets(100_000);
            for (int i = 0; i < REMOVALS; i++) {
                injector.yank("net_sim" + i % 2);
                String gone = "net_sim" + i % 2;
                Waiting.until(() -> gone + " is not let go of", () -> isAway(gone));
                traffic.awaitPackets(10_000);
                injector.plug(gone);
                Waiting.until(() -> gone + " is not used again", () -> isUsed(gone));
                traffic.awaitPackets(10_000);
            }
            traffic.drain();

            LOG.info("mode {}, {} removals: {}", mode, REMOVALS, traffic);
            assertThat(traffic.lost()).as("lost").isZero();
            assertThat(traffic.duplicates()).as("twice").isLessThanOrEqualTo(REMOVALS * 256L);
            assertThat(port.stats().txPackets()).as("counted").isEqualTo(traffic.sent());
            assertThat(port.xstats()).containsEntry("member0_removals", REMOVALS / 2L)
                    .containsEntry("member1_removals", REMOVALS / 2L);
        }
        test.giveUp(port);
        for (Port peer : peers) {
            peer.stop();
            peer.close();
        }
        assertThat(test.pool().available()).isEqualTo(test.pool().capacity());
    }

    @Test
    void shouldSendEachPacketThroughAllMembersInMode3() throws Exception {
        Port[] peers = attachPairs();
        Port port = test.start("net_bonding0,mode=3" + MEMBERS);
        awaitLinks();
        try (NumberedTraffic traffic = new NumberedTraffic(test.pool(), port, peers)) {
            traffic.awaitPackets(10_000);
            traffic.drain();
            assertThat(traffic.lost()).as("lost").isZero();
            assertThat(traffic.duplicates() + port.xstats().get("tx_q0_broadcast_missed_packets"))
                    .isEqualTo(traffic.sent());
        }
    }

    @Test
    void shouldAgreeByLacpAndLeaveAndRejoinUnderLoad() throws Exception {
        test.attach("net_sim0,peer=net_sim2,uevent_ms=1");
        test.attach("net_sim1,peer=net_sim3,uevent_ms=1");
        test.attach("net_sim2");
        test.attach("net_sim3");
        Port port = test.start("net_bonding0,mode=4,xmit_policy=l34,lacp_rate=fast" + MEMBERS);
        assertThat(port.link().up()).isFalse();
        Port peer = test.start("net_bonding1,mode=4,member=net_sim2,member=net_sim3");
        Waiting.until("the members are not in sync",
                () -> port.link().speedMbps() > 0 && port.link().equals(peer.link()));
        int speed = port.link().speedMbps();
        try (NumberedTraffic traffic = new NumberedTraffic(test.pool(), port, peer)) {
            traffic.awaitPackets(10_000);
            injector.yank("net_sim0");
            Waiting.until("net_sim0 is not let go of", () -> isAway("net_sim0"));
            traffic.awaitPackets(10_000);
            injector.plug("net_sim0");
            Waiting.until("net_sim0 is not in sync again",
                    () -> isUsed("net_sim0") && port.link().speedMbps() >= speed);
            traffic.awaitPackets(10_000);
            assertThat(port.xstats().get("lacp_rx_frames")).isPositive();
        }
        test.giveUp(port);
        Waiting.until("the partner's link is up", () -> !peer.link().up());
        test.giveUp(peer);
        assertThat(test.pool().available()).isEqualTo(test.pool().capacity());
    }

    @Test
    void shouldGoBackToThePrimaryWhenItReturns() throws Exception {
        Port[] peers = attachPairs();
        Port port = test.start("net_bonding0,mode=1,primary=net_sim1" + MEMBERS);
        awaitLinks();
        try (NumberedTraffic traffic = new NumberedTraffic(test.pool(), port, peers)) {
            awaitSender("net_sim1", peers[1], peers[0]);
            injector.yank("net_sim1");
            awaitSender("net_sim0", peers[0], peers[1]);
            injector.plug("net_sim1");
            awaitSender("net_sim1", peers[1], peers[0]);
            traffic.drain();
            assertThat(traffic.lost()).as("lost").isZero();
        }
    }

    /** Waits until packets come on one peer, and none on the other one. */
    private static void awaitSender(String name, Port receiving, Port silent) {
        long[] before = {0, -1};
        Waiting.until(() -> name + " is not used alone", () -> {
            long one = receiving.stats().rxPackets();
            long other = silent.stats().rxPackets();
            boolean alone = one > before[0] + 1000 && other == before[1];
            if (other != before[1]) {
                before[0] = one;
                before[1] = other;
            }
            return alone;
        });
    }

    @Test
    void shouldTakeOverDevicesThatComeLateAndOneThatAnApplicationUses() throws Exception {
        test.start("net_null0,no-rx=1");
        Port port = test.start("net_bonding0,mode=1,member=net_sim0,member=net_null0");
        assertThat(member("net_null0").owner()).contains("net_bonding0");
        assertThat(port.link().up()).isTrue();

        test.attach("net_sim0");

        Waiting.until("net_sim0 is not taken over",
                () -> port.xstats().get("member0_adoptions") == 1);
        assertThat(member("net_sim0").owner()).contains("net_bonding0");
        assertThat(member("net_sim0").id()).isGreaterThanOrEqualTo(PortRegistry.FIRST_CLAIMED);
    }

    @Test
    void shouldKeepThePortWhenTheDriverOfAllMembersIsReplacedUnderLoad() throws Exception {
        Port[] peers = attachPairs();
        Port port = test.start("net_bonding0,mode=0" + MEMBERS);
        awaitLinks();
        EthStats before;
        try (NumberedTraffic traffic = new NumberedTraffic(test.pool(), port, peers)) {
            traffic.awaitPackets(10_000);
            before = port.stats();
            Bundles.update(Bundles.named("net.sim"));
            // The driver of the test's own ports as well, so that there is no link any more.
            Waiting.until("the members are not taken over again",
                    () -> port.xstats().get("member0_adoptions") >= 2
                            && port.xstats().get("member1_adoptions") >= 2);
        }
        assertThat(port.isRemoved()).isFalse();
        assertThat(port.stats().txPackets()).isGreaterThanOrEqualTo(before.txPackets());
    }

    /** Two members of 10 Gbps, and one of 100 Gbps: they have different keys. */
    @Test
    void shouldUseOneAggregatorOfTwoAsAggModeSays() throws Exception {
        for (String pair : List.of("0", "1")) {
            test.attach("net_ring%s,nodeaction=a%s:0:CREATE,nodeaction=b%s:0:CREATE"
                    .formatted(pair, pair, pair));
            test.attach("net_ring1%s,nodeaction=b%s:0:ATTACH,nodeaction=a%s:0:ATTACH"
                    .formatted(pair, pair, pair));
        }
        test.attach("net_sim0,peer=net_sim2,uevent_ms=1");
        test.attach("net_sim2");
        Port port = test.start("net_bonding0,mode=4,agg_mode=bandwidth,member=net_ring0,"
                + "member=net_ring1,member=net_sim0");
        Port peer = test.start("net_bonding1,mode=4,agg_mode=bandwidth,member=net_ring10,"
                + "member=net_ring11,member=net_sim2");
        awaitSpeed(100_000, port, peer);
        assertThat(verb("show bonding config net_bonding0")).contains("\nactive: net_sim0\n");
        awaitVerb("show bonding lacp info net_bonding0",
                "net_ring0: not selected, receive current, mux detached");
        awaitVerb("show bonding lacp info net_bonding0",
                "net_sim0: selected, receive current, mux distributing");

        setAggMode("count");
        awaitSpeed(20_000, port, peer);
        assertThat(verb("show bonding config net_bonding0"))
                .contains("\nactive: net_ring0, net_ring1\n");

        setAggMode("stable");
        injector.yank("net_sim0");
        Waiting.until("net_sim0 is there", () -> isAway("net_sim0"));
        injector.plug("net_sim0");
        Waiting.until("net_sim0 is not taken over",
                () -> port.xstats().get("member2_adoptions") == 2);
        awaitVerb("show bonding lacp info net_bonding0", "net_sim0: not selected, receive c");
        assertThat(port.link()).isEqualTo(peer.link())
                .isEqualTo(new Link(true, 20_000, true));
        test.giveUp(port);
        test.giveUp(peer);
        assertThat(test.pool().available()).isEqualTo(test.pool().capacity());
    }

    private static void awaitSpeed(int mbps, Port... ports) {
        for (Port port : ports) {
            Waiting.until(() -> port + ": " + port.link(), () -> port.link().speedMbps() == mbps);
        }
    }

    private void setAggMode(String word) throws Exception {
        verb("set bonding agg_mode net_bonding0 " + word);
        verb("set bonding agg_mode net_bonding1 " + word);
    }

    @Test
    void shouldBeMadeAndChangedByVerbs() throws Exception {
        Port[] peers = attachPairs();
        assertThat(verb("create bonding device 0 0"))
                .startsWith("Created new bonding device net_bonding0 on (port ");
        assertThat(verb("create bonded device alb")).contains("net_bonding1");
        verb("add bonding slave net_sim0 net_bonding0");
        verb("add bonding member net_sim1 net_bonding0");
        Port port = member("net_bonding0");
        test.start(port);
        awaitLinks();
        assertThat(verb("set bonding mac_addr net_bonding0 02:00:00:00:00:77"))
                .isEqualTo("net_bonding0: MAC 02:00:00:00:00:77");
        assertThat(port.macAddress()).hasToString("02:00:00:00:00:77");
        verb("set bonding mode 5 net_bonding0");
        verb("set bonding primary net_sim1 net_bonding0");
        awaitVerb("show bonding config net_bonding0",
                "net_bonding0: mode 5 (tlb), primary net_sim1\nactive: net_sim0, ");
        assertThat(verb("set bonding mon_period net_bonding0 5")).contains("each 5 ms");
        assertThat(verb("set bonding lacp dedicated_queues net_bonding0 disable")).isNotEmpty();
        for (String wrong : List.of("set bonding lacp dedicated_queues net_bonding0 enable",
                "set bonding mon_period net_bonding0 0", "create bonding device 7",
                "set bonding mac_addr net_bonding0 01:00:00:00:00:77")) {
            assertThatThrownBy(() -> verb(wrong)).as(wrong).hasMessageContaining(
                    wrong.startsWith("create") ? "mode=7: 0 (round-robin)" : "0");
        }
        try (NumberedTraffic traffic = new NumberedTraffic(test.pool(), port, peers)) {
            traffic.awaitPackets(1000);
        }
    }

    /** Waits until what the verb says contains {@code part}. */
    private void awaitVerb(String line, String part) {
        Waiting.until(() -> "it says " + verbNow(line), () -> verbNow(line).contains(part));
    }

    private String verbNow(String line) {
        try {
            return verb(line);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
