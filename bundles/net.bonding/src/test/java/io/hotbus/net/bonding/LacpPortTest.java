// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.bonding;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.ethdev.Link;
import io.hotbus.ethdev.MacAddress;
import io.hotbus.net.bonding.LacpPort.Mux;
import io.hotbus.net.bonding.LacpPort.Receive;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Tests the state machines alone and against each other, with a clock of the test. */
final class LacpPortTest {
    private static final Link UP = new Link(true, 10_000, true);
    private static final int STEP = 10;

    private final Side a = new Side(0x0200_0000_000aL, 1, 0);
    private final Side b = new Side(0x0200_0000_000bL, 7, 0);
    private long now;

    /** A port in a system of its own. */
    private final class Side {
        final LacpPort port;
        final List<Long> sentAt = new ArrayList<>();
        final List<LacpPdu> sent = new ArrayList<>();
        boolean talks = true;

        Side(long system, int number, int flags) {
            port = new LacpPort(new Participant(65_535, new MacAddress(system), 0, 255, number,
                    Participant.ACTIVITY | flags), 0);
        }

        void run(Side peer) {
            port.select(port.group());
            port.run(now).ifPresent(pdu -> {
                sentAt.add(now);
                sent.add(pdu);
                if (talks && peer != null) {
                    peer.port.received(LacpPdu.read(pdu.frame(pdu.actor().system()))
                            .orElseThrow(), now);
                }
            });
        }
    }

    private void run(long millis) {
        for (long end = now + millis; now < end; now += STEP) {
            a.run(b);
            b.run(a);
        }
    }

    private void runAlone(Side side, long millis) {
        for (long end = now + millis; now < end; now += STEP) {
            side.run(null);
        }
    }

    private void up() {
        a.port.setLink(UP, now);
        b.port.setLink(UP, now);
    }

    @Test
    void shouldSayFirstThatItKnowsNoPartner() {
        a.port.setLink(UP, now);
        runAlone(a, STEP);

        assertThat(a.sent).singleElement().satisfies(pdu -> {
            assertThat(pdu.actor().state()).isEqualTo(0xc5);
            assertThat(pdu.actor().key()).isEqualTo(33);
            assertThat(pdu.partner().system()).isEqualTo(new MacAddress(0));
        });
    }

    @Test
    void shouldSendEachSecondForThreeSecondsAndThenSlowlyWithoutAPartner() {
        a.port.setLink(UP, now);
        runAlone(a, 3000);
        assertThat(a.sentAt).containsExactly(0L, 900L, 1800L, 2700L);
        assertThat(a.port.receiveState()).isEqualTo(Receive.EXPIRED);

        runAlone(a, 40_000);
        assertThat(a.port.receiveState()).isEqualTo(Receive.DEFAULTED);
        assertThat(a.port.distributing()).isFalse();
        assertThat(a.sentAt).hasSize(5).endsWith(31_700L);
    }

    @Test
    void shouldAgreeWithAPartner() {
        up();
        run(2000);
        assertThat(a.port.muxState()).isEqualTo(Mux.WAITING);

        run(2000);
        assertThat(a.port.muxState()).isEqualTo(Mux.DISTRIBUTING);
        assertThat(b.port.muxState()).isEqualTo(Mux.DISTRIBUTING);
        assertThat(a.port.partner().state()).isEqualTo(0x3d);
        assertThat(a.port.partner().port()).isEqualTo(7);
        assertThat(b.port.partner().system()).isEqualTo(a.port.actor().system());
    }

    @Test
    void shouldNeverSendMoreThanThreeFramesInASecond() {
        up();
        run(20_000);
        for (int i = 3; i < a.sentAt.size(); i++) {
            assertThat(a.sentAt.get(i) - a.sentAt.get(i - 3)).isGreaterThanOrEqualTo(1000);
        }
        assertThat(a.sentAt).hasSizeLessThan(12);
    }

    @Test
    void shouldAskForFastFramesAndNoticeASilentPartnerWithinThreeSeconds() {
        Side fast = new Side(0x0200_0000_000cL, 1, Participant.TIMEOUT);
        fast.port.setLink(UP, now);
        b.port.setLink(UP, now);
        long end = 20_000;
        for (; now < end; now += STEP) {
            fast.run(b);
            b.run(fast);
        }
        assertThat(fast.port.distributing()).isTrue();
        assertThat(b.sentAt.size()).as("fast frames").isBetween(18, 28);

        runAlone(fast, 3100);
        assertThat(fast.port.distributing()).isFalse();
        assertThat(fast.port.receiveState()).isEqualTo(Receive.EXPIRED);
        runAlone(fast, 3100);
        assertThat(fast.port.group()).isEmpty();
    }

    @Test
    void shouldKeepAPartnerThatSendsSlowly() {
        up();
        run(300_000);
        assertThat(a.port.distributing()).isTrue();
        assertThat(a.sentAt.size()).isLessThan(20);

        b.talks = false;
        run(60_000);
        assertThat(a.port.distributing()).isTrue();
        run(35_000);
        assertThat(a.port.distributing()).isFalse();
    }

    @Test
    void shouldFollowTheLink() {
        up();
        run(5000);
        a.port.setLink(Link.DOWN, now);
        run(STEP);
        assertThat(a.port.muxState()).isEqualTo(Mux.DETACHED);
        int sent = a.sent.size();
        run(2000);
        assertThat(a.sent).hasSize(sent);

        a.port.setLink(UP, now);
        run(6000);
        assertThat(a.port.distributing()).isTrue();
    }

    @Test
    void shouldLeaveTheAggregatorWhenThePartnerSaysFarewell() {
        up();
        run(5000);
        LacpPdu farewell = b.port.farewell();
        assertThat(farewell.actor().state()).isEqualTo(Participant.ACTIVITY);

        a.port.received(farewell, now);
        runAlone(a, STEP);

        assertThat(a.port.distributing()).isFalse();
        assertThat(a.port.group()).isEmpty();
    }

    @Test
    void shouldNotAggregateWithItself() {
        Side own = new Side(0x0200_0000_000aL, 2, 0);
        a.port.setLink(UP, now);
        own.port.setLink(UP, now);
        for (; now < 10_000; now += STEP) {
            a.run(own);
            own.run(a);
        }
        assertThat(a.port.group()).isEmpty();
        assertThat(own.port.collecting()).isFalse();
    }

    @Test
    void shouldDetachWhenAnotherAggregatorIsUsed() {
        up();
        run(5000);
        a.port.select(Optional.empty());
        a.port.run(now);
        assertThat(a.port.muxState()).isEqualTo(Mux.DETACHED);
        assertThat(a.port.actor().is(Participant.SYNCHRONIZATION)).isFalse();
    }

    @Test
    void shouldDetectChurnOfASideThatIsNotInSyncForAMinute() {
        up();
        b.talks = false;
        run(59_900);
        assertThat(a.port.actorChurn().state()).isEqualTo(Churn.State.MONITOR);
        run(200);
        assertThat(a.port.actorChurn().state()).isEqualTo(Churn.State.CHURN);
        assertThat(a.port.partnerChurn().state()).isEqualTo(Churn.State.CHURN);
        assertThat(b.port.actorChurn().state()).as("it hears its partner")
                .isEqualTo(Churn.State.NONE);
        assertThat(b.port.partnerChurn().state()).isEqualTo(Churn.State.CHURN);

        b.talks = true;
        run(65_000);
        assertThat(a.port.actorChurn().state()).isEqualTo(Churn.State.NONE);
        assertThat(a.port.partnerChurn().state()).isEqualTo(Churn.State.NONE);
        assertThat(a.port.actorChurn().count()).isEqualTo(1);

        a.port.setLink(Link.DOWN, now);
        run(70_000);
        assertThat(a.port.actorChurn().state()).as("without a link")
                .isEqualTo(Churn.State.MONITOR);
        assertThat(a.port.actorChurn().count()).isEqualTo(1);
    }

    @Test
    void shouldDetectChurnOfAMemberThatCannotJoin() {
        up();
        for (long end = 70_000; now < end; now += STEP) {
            a.run(b);
            b.port.select(Optional.empty());
            b.port.run(now).ifPresent(pdu -> a.port.received(pdu, now));
        }
        assertThat(a.port.actorChurn().state()).isEqualTo(Churn.State.NONE);
        assertThat(a.port.partnerChurn().state()).isEqualTo(Churn.State.CHURN);
        assertThat(b.port.actorChurn().state()).isEqualTo(Churn.State.CHURN);
    }

    @Test
    void shouldChooseAnAggregatorByMode() {
        LacpPort slow1 = port(1, 10_000, 0xb);
        LacpPort slow2 = port(2, 10_000, 0xb);
        LacpPort quick = port(3, 40_000, 0xc);
        List<LacpPort> all = List.of(slow1, slow2, quick);

        assertThat(Aggregators.choose(AggMode.COUNT, all, Optional.empty()))
                .isEqualTo(slow1.group());
        assertThat(Aggregators.choose(AggMode.BANDWIDTH, all, slow1.group()))
                .isEqualTo(quick.group());
        assertThat(Aggregators.choose(AggMode.STABLE, all, slow1.group()))
                .isEqualTo(slow1.group());
        assertThat(Aggregators.choose(AggMode.STABLE, List.of(quick), slow1.group()))
                .isEqualTo(quick.group());
        assertThat(Aggregators.choose(AggMode.COUNT, List.of(a.port), quick.group())).isEmpty();
    }

    private LacpPort port(int number, int speed, long partner) {
        LacpPort port = new Side(0x0200_0000_000aL, number, 0).port;
        port.setLink(new Link(true, speed, true), now);
        Participant other = new Participant(1, new MacAddress(partner), 5, 6, number,
                Participant.ACTIVITY | Participant.AGGREGATION);
        port.received(new LacpPdu(other, port.actor()), now);
        return port;
    }

    @Test
    void shouldReadWhatItWritesAndRefuseDamagedFrames() {
        Participant actor = new Participant(65_535, new MacAddress(0xfeff_ffff_fffeL & ~(1L << 40)),
                33, 255, 65_535, 0xff);
        LacpPdu pdu = new LacpPdu(actor, Participant.UNKNOWN);
        byte[] frame = pdu.frame(new MacAddress(0x0200_0000_0001L));

        assertThat(frame).hasSize(124).startsWith(1, 0x80, 0xc2, 0, 0, 2, 2, 0, 0, 0, 0, 1,
                0x88, 9, 1, 1, 1, 20, 0xff, 0xff);
        assertThat(LacpPdu.read(frame)).contains(pdu);
        for (int length = 0; length < 56; length++) {
            assertThat(LacpPdu.read(Arrays.copyOf(frame, length))).isEmpty();
        }
        for (int at : new int[] {14, 16, 17, 36, 37}) {
            byte[] damaged = frame.clone();
            damaged[at] ^= 0x40;
            assertThat(LacpPdu.read(damaged)).as("byte %s", at).isEmpty();
        }
    }
}
