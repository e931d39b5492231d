// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.bonding;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.eal.mem.MempoolCaches;
import io.hotbus.ethdev.MacAddress;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.QueueCounters;
import io.hotbus.pmd.members.Barrier;
import io.hotbus.pmd.members.MembersRxQueue;
import io.hotbus.testkit.PacketBytes;
import io.hotbus.testkit.RecordingPorts;
import io.hotbus.testkit.SingleControl;
import io.hotbus.testkit.StubDev;
import io.hotbus.testkit.TestOs;
import io.hotbus.testkit.TestPools;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests how packets are shared out, on real ports with devices of the test. */
final class BondPathsTest {
    private final SingleControl control = new SingleControl();
    private final RecordingPorts ports = new RecordingPorts(control);
    private final QueueCounters counters = new QueueCounters();
    private final QueueCounters dropped = new QueueCounters();
    private TestPools pools;
    private Mempool pool;
    private MempoolCaches caches;
    private BondPaths paths;
    private BondTxQueue tx;
    private MembersRxQueue rx;
    private final StubDev[] stubs = new StubDev[3];

    @BeforeEach
    void setUp() throws Exception {
        pools = TestPools.real();
        pool = pools.pool(512);
        caches = pool.mempools().uncached();
        Barrier barrier = new Barrier(TestOs.linux());
        paths = new BondPaths("net_bonding0", barrier, caches, dropped);
        tx = new BondTxQueue(0, 256, barrier.gate(), counters, paths::used,
                paths::hasBroadcasts);
        rx = new MembersRxQueue(0, barrier.gate());
        paths.setQueues(List.of(rx), List.of(tx));
        for (int i = 0; i < stubs.length; i++) {
            stubs[i] = StubDev.start(ports, pool, "net_stub" + i);
        }
    }

    @AfterEach
    void tearDown() {
        for (StubDev stub : stubs) {
            stub.ring().forEach(mbuf -> caches.free(new long[] {mbuf}, 0, 1));
        }
        paths.discard();
        ports.ports().forEach(ports::remove);
        assertThat(pool.available()).isEqualTo(pool.capacity());
        pools.close();
        control.close();
    }

    private void letGo(StubDev stub) {
        paths.leave(stub.port());
        stub.port().stop();
        paths.takeBack(stub.port());
    }

    private void use(BondMode mode, int senders, boolean collecting) {
        List<Port> all = Arrays.stream(stubs).map(StubDev::port).toList();
        List<Plan.Receiver> receivers = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            receivers.add(new Plan.Receiver(all.get(i), i, collecting));
        }
        paths.use(new Plan(mode, XmitPolicy.L34, receivers, all.subList(0, senders),
                mode == BondMode.ACTIVE_BACKUP ? all.subList(senders, 3) : List.of()));
    }

    private long[] packets(int count) {
        long[] mbufs = new long[count];
        for (int i = 0; i < count; i++) {
            byte[] bytes = new byte[64];
            bytes[0] = 2;
            bytes[5] = (byte) i;
            mbufs[i] = PacketBytes.packet(pool, bytes);
        }
        return mbufs;
    }

    private long[] sent() {
        return Arrays.stream(stubs).flatMapToLong(stub -> Arrays.stream(stub.sent())).toArray();
    }

    @Test
    void shouldSendInTurn() {
        use(BondMode.ROUND_ROBIN, 3, true);
        long[] mbufs = packets(90);
        assertThat(tx.burst(caches, mbufs.clone(), 90)).isEqualTo(90);
        for (StubDev stub : stubs) {
            assertThat(stub.ring()).hasSize(30);
        }
        assertThat(sent()).containsExactlyInAnyOrder(mbufs);
    }

    @Test
    void shouldSendAFlowThroughOneMemberInOrder() {
        use(BondMode.BALANCE, 3, true);
        for (StubDev stub : stubs) {
            stub.setRoom(256);
        }
        long[] mbufs = packets(100);
        tx.burst(caches, mbufs.clone(), 100);
        long[] again = packets(100);
        for (int i = 0; i < 100; i++) {
            StubDev first = holder(mbufs[i]);
            tx.burst(caches, new long[] {again[i]}, 1);
            assertThat(first.ring().peekLast()).isEqualTo(again[i]);
        }
    }

    private StubDev holder(long mbuf) {
        return Arrays.stream(stubs).filter(stub -> stub.ring().contains(mbuf)).findFirst()
                .orElseThrow();
    }

    @Test
    void shouldGiveBackWhatAMemberDoesNotTakeBehindTheOthersAndInOrder() {
        use(BondMode.ROUND_ROBIN, 3, true);
        stubs[1].setRoom(3);
        long[] mbufs = packets(30);
        long[] burst = mbufs.clone();
        assertThat(tx.burst(caches, burst, 30)).isEqualTo(23);
        assertThat(sent()).containsExactlyInAnyOrder(Arrays.copyOf(burst, 23));
        long[] rest = Arrays.copyOfRange(burst, 23, 30);
        assertThat(rest).containsExactly(LongStream.of(mbufs)
                .filter(mbuf -> LongStream.of(rest).anyMatch(one -> one == mbuf)).toArray());
        assertThat(burst).containsExactlyInAnyOrder(mbufs);
        caches.free(rest, 0, 7);
    }

    @Test
    void shouldSendAPacketThroughAllMembersAndCountWhatOneDoesNotTake() {
        use(BondMode.BROADCAST, 3, true);
        stubs[2].setRoom(4);
        stubs[1].setRoom(8);
        stubs[0].setRoom(9);
        long[] mbufs = packets(10);
        assertThat(tx.burst(caches, mbufs, 10)).isEqualTo(9);
        assertThat(stubs[0].sent()).isEqualTo(Arrays.copyOf(mbufs, 9));
        assertThat(stubs[1].sent()).isEqualTo(Arrays.copyOf(mbufs, 8));
        assertThat(stubs[2].sent()).isEqualTo(Arrays.copyOf(mbufs, 4));
        assertThat(Mbuf.references(mbufs[9])).isEqualTo(1);
        assertThat(Mbuf.references(mbufs[8])).isEqualTo(1);
        assertThat(Mbuf.references(mbufs[0])).isEqualTo(3);
        assertThat(counters.errors()).isEqualTo(6);
        caches.free(mbufs, 9, 1);
    }

    @Test
    void shouldSendAgainInMode3WhatTheOthersHadNoRoomFor() {
        use(BondMode.BROADCAST, 3, true);
        stubs[1].setRoom(3);
        stubs[2].setRoom(5);
        long[] mbufs = packets(8);
        assertThat(tx.burst(caches, mbufs.clone(), 8)).isEqualTo(8);
        stubs[1].setRoom(64);
        stubs[2].setRoom(64);

        letGo(stubs[0]);

        assertThat(stubs[1].sent()).containsExactly(
                mbufs[0], mbufs[1], mbufs[2], mbufs[5], mbufs[6], mbufs[7]);
        assertThat(stubs[2].sent()).isEqualTo(mbufs);
    }

    @Test
    void shouldSendAgainInMode3WhatAllThatHadItHaveNotSent() {
        use(BondMode.BROADCAST, 2, true);
        long[] mbufs = packets(5);
        tx.burst(caches, mbufs.clone(), 5);
        use(BondMode.BROADCAST, 3, true);

        letGo(stubs[0]);
        assertThat(stubs[2].ring()).isEmpty();
        letGo(stubs[1]);

        assertThat(stubs[2].sent()).isEqualTo(mbufs);
    }

    @Test
    void shouldSendThroughOthersWhatAMemberKeepsThatHasNoDevice() {
        use(BondMode.LACP, 3, true);
        long[] mbufs = packets(5);
        stubs[2].ring().addAll(LongStream.of(mbufs).boxed().toList());
        stubs[2].keep();
        paths.takeKept();
        assertThat(stubs[2].sent()).isEqualTo(mbufs);

        use(BondMode.LACP, 2, true);

        assertThat(stubs[2].ring()).isEmpty();
        assertThat(sent()).containsExactlyInAnyOrder(mbufs);
    }

    @Test
    void shouldKeepInMode3WhatTheLastMemberHasNotSent() {
        use(BondMode.BROADCAST, 1, true);
        long[] mbufs = packets(5);
        tx.burst(caches, mbufs.clone(), 5);
        letGo(stubs[0]);
        assertThat(tx.hasWaiting()).isTrue();
        paths.use(new Plan(BondMode.BROADCAST, XmitPolicy.L2, List.of(),
                List.of(stubs[2].port()), List.of()));
        assertThat(stubs[2].sent()).isEqualTo(mbufs);
    }

    @Test
    void shouldSendAgainInMode3WhatAMemberHasFromAnotherMode() {
        use(BondMode.ACTIVE_BACKUP, 1, true);
        long[] mbufs = packets(5);
        tx.burst(caches, mbufs.clone(), 5);
        use(BondMode.BROADCAST, 2, true);

        letGo(stubs[0]);

        assertThat(stubs[1].sent()).isEqualTo(mbufs);
    }

    @Test
    void shouldUseASpareAtOnceWhenABurstFindsTheMemberGone() {
        use(BondMode.ACTIVE_BACKUP, 1, true);
        stubs[0].pullOut();
        long[] mbufs = packets(20);
        assertThat(tx.burst(caches, mbufs, 20)).isEqualTo(20);
        assertThat(stubs[1].ring()).hasSize(20);
    }

    @Test
    void shouldSendAgainWhatALostMemberHasNotSent() {
        use(BondMode.ROUND_ROBIN, 3, true);
        long[] mbufs = packets(30);
        tx.burst(caches, mbufs.clone(), 30);

        letGo(stubs[1]);

        assertThat(stubs[1].ring()).isEmpty();
        assertThat(sent()).containsExactlyInAnyOrder(mbufs);
        assertThat(counters.packets()).isEqualTo(10);
        use(BondMode.ROUND_ROBIN, 3, true);
        assertThat(paths.plan().senders()).hasSize(2);
    }

    @Test
    void shouldGiveBackWhatIsNotSentToAPortThatLetsGoOfTheBond() {
        use(BondMode.ROUND_ROBIN, 3, true);
        long[] mbufs = packets(30);
        tx.burst(caches, mbufs.clone(), 30);
        Arrays.stream(stubs).forEach(stub -> stub.port().stop());

        long[] back = new long[40];
        assertThat(tx.takeBack(caches, back, 40)).isEqualTo(30);
        assertThat(Arrays.copyOf(back, 30)).containsExactlyInAnyOrder(mbufs);
        assertThat(tx.takeBack(caches, back, 40)).isZero();
        caches.free(mbufs, 0, 30);
    }

    @Test
    void shouldGiveBackOnceWhatABroadcastHasNotSent() {
        use(BondMode.BROADCAST, 3, true);
        long[] mbufs = packets(5);
        tx.burst(caches, mbufs.clone(), 5);
        Arrays.stream(stubs).forEach(stub -> stub.port().stop());

        long[] back = new long[40];
        assertThat(tx.takeBack(caches, back, 40)).isEqualTo(5);
        assertThat(back).startsWith(mbufs);
        caches.free(mbufs, 0, 5);
    }

    @Test
    void shouldSendAgainWhatAMemberHoldsThatWasUsedBefore() {
        use(BondMode.ACTIVE_BACKUP, 1, true);
        long[] mbufs = packets(5);
        tx.burst(caches, mbufs.clone(), 5);
        Port other = stubs[1].port();
        paths.use(new Plan(BondMode.ACTIVE_BACKUP, XmitPolicy.L2,
                List.of(new Plan.Receiver(other, 1, true)), List.of(other), List.of()));

        letGo(stubs[0]);

        assertThat(stubs[1].sent()).isEqualTo(mbufs);
    }

    @Test
    void shouldKeepPacketsUntilThereIsAMember() {
        use(BondMode.ACTIVE_BACKUP, 1, true);
        long[] mbufs = packets(5);
        tx.burst(caches, mbufs.clone(), 5);
        for (StubDev stub : stubs) {
            letGo(stub);
        }
        assertThat(tx.burst(caches, new long[1], 1)).isZero();
        assertThat(tx.hasWaiting()).isTrue();
        assertThat(paths.discard()).isEqualTo(5);
    }

    @Test
    void shouldTakeLacpOutOfTheStreamAndDropWhatIsNotCollected() {
        LacpPdu pdu = new LacpPdu(Participant.UNKNOWN, Participant.UNKNOWN);
        byte[] frame = pdu.frame(new MacAddress(0x0200_0000_0009L));
        use(BondMode.LACP, 0, true);
        stubs[1].toReceive().add(PacketBytes.packet(pool, frame));
        stubs[1].toReceive().add(packets(1)[0]);
        long[] mbufs = new long[32];
        int received = 0;
        for (int i = 0; i < 3; i++) {
            received += rx.burst(caches, mbufs, 32);
        }
        assertThat(received).isEqualTo(1);
        caches.free(mbufs, 0, 1);
        List<Long> members = new ArrayList<>();
        paths.takeSlowFrames(mbuf -> {
            members.add(Mbuf.userData(mbuf));
            caches.free(new long[] {mbuf}, 0, 1);
        });
        assertThat(members).containsExactly(1L);

        use(BondMode.LACP, 0, false);
        stubs[1].toReceive().add(packets(1)[0]);
        for (int i = 0; i < 3; i++) {
            assertThat(rx.burst(caches, mbufs, 32)).isZero();
        }
        assertThat(dropped.errors()).isEqualTo(1);
    }

    @Test
    void shouldReceiveLacpAlthoughNoLcorePolls() {
        LacpPdu pdu = new LacpPdu(Participant.UNKNOWN, Participant.UNKNOWN);
        use(BondMode.LACP, 0, true);
        stubs[0].toReceive().add(PacketBytes.packet(pool, pdu.frame(new MacAddress(9))));
        long packet = packets(1)[0];
        stubs[0].toReceive().add(packet);
        for (int i = 0; i < 10; i++) {
            paths.pollIdle();
        }
        int[] frames = {0};
        paths.takeSlowFrames(mbuf -> {
            frames[0]++;
            caches.free(new long[] {mbuf}, 0, 1);
        });
        assertThat(frames[0]).isEqualTo(1);
        long[] mbufs = new long[4];
        assertThat(rx.burst(caches, mbufs, 4)).isEqualTo(1);
        assertThat(mbufs[0]).isEqualTo(packet);
        caches.free(mbufs, 0, 1);
    }

    @Test
    void shouldNotSendFramesOfLacpOfALostMemberThroughOthers() {
        use(BondMode.LACP, 3, true);
        LacpPdu pdu = new LacpPdu(Participant.UNKNOWN, Participant.UNKNOWN);
        stubs[0].ring().add(frame(pdu));
        long[] mbufs = packets(2);
        stubs[0].ring().add(mbufs[0]);
        stubs[0].ring().add(frame(pdu));
        stubs[0].ring().add(mbufs[1]);

        letGo(stubs[0]);

        assertThat(sent()).containsExactlyInAnyOrder(mbufs);
    }

    private long frame(LacpPdu pdu) {
        return PacketBytes.packet(pool, pdu.frame(new MacAddress(9)));
    }

    @Test
    void shouldSendFramesOfLacpWithTheNextBurstOrWithout() {
        use(BondMode.LACP, 0, true);
        long frame = packets(1)[0];
        Mbuf.setUserData(frame, 2);
        assertThat(paths.sendSlowFrame(frame)).isTrue();
        tx.burst(caches, new long[1], 0);
        assertThat(stubs[2].sent()).containsExactly(frame);

        long other = packets(1)[0];
        Mbuf.setUserData(other, 0);
        paths.sendSlowFrame(other);
        paths.sendWaiting();
        assertThat(stubs[0].ring()).isEmpty();
        paths.sendWaiting();
        assertThat(stubs[0].sent()).containsExactly(other);
    }
}
