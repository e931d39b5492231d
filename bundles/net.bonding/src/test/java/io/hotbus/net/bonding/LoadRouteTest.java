// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.bonding;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.eal.io.RawMemory;
import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.MbufFlags;
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
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests modes 5 and 6 with real frames, on real ports with devices of the test. */
final class LoadRouteTest {
    private static final long BOND = 0x0200_0000_00b0L;
    private static final long CLIENT = 0x0200_0000_0c01L;
    private static final int APP_IP = 0x0a00_0001;
    private static final long TAG = 0x8100_0064L;
    private static final HexFormat HEX = HexFormat.ofDelimiter(" ");

    private final SingleControl control = new SingleControl();
    private final RecordingPorts ports = new RecordingPorts(control);
    private final QueueCounters dropped = new QueueCounters();
    private final StubDev[] stubs = new StubDev[3];
    private final SendOrder order = new SendOrder(3);
    private TestPools pools;
    private Mempool pool;
    private MempoolCaches caches;
    private BondPaths paths;
    private BondTxQueue tx;
    private MembersRxQueue rx;
    private AlbClients clients;
    private Plan plan;

    @BeforeEach
    void setUp() throws Exception {
        pools = TestPools.real();
        pool = pools.pool(512);
        caches = pool.mempools().uncached();
        Barrier barrier = new Barrier(TestOs.linux());
        paths = new BondPaths("net_bonding0", barrier, caches, dropped);
        tx = new BondTxQueue(
                0, 256, barrier.gate(), new QueueCounters(), List::of,
                port -> false);
        rx = new MembersRxQueue(0, barrier.gate());
        paths.setQueues(List.of(rx), List.of(tx));
        FrameSender sender = new FrameSender(paths, caches);
        sender.setPool(pool);
        clients = new AlbClients(sender);
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

    /** Member 1 has the address of the bond. */
    private static long addressOf(int member) {
        return member == 1 ? BOND : 0x0200_0000_0a00L + member;
    }

    private void use(BondMode mode, Integer... members) {
        List<Plan.Receiver> receivers = new ArrayList<>();
        Map<Port, MacAddress> addresses = new HashMap<>();
        for (int i = 0; i < stubs.length; i++) {
            receivers.add(new Plan.Receiver(stubs[i].port(), i, true));
            addresses.put(stubs[i].port(), new MacAddress(addressOf(i)));
        }
        plan = new Plan(mode, XmitPolicy.L2, receivers,
                Arrays.stream(members).map(i -> stubs[i].port()).toList(), List.of(),
                new Plan.Balance(new MacAddress(BOND), addresses,
                        members.length == 3 ? order : new SendOrder(members.length)));
        paths.use(plan);
    }

    private long frame(String hex) {
        return PacketBytes.packet(pool, Arrays.copyOf(HEX.parseHex(hex), 64));
    }

    private long data(long source) {
        return frame("02 00 00 00 0c 01 " + mac(source) + " 08 00 45 00");
    }

    private static String mac(long mac) {
        return HEX.formatHex(HexFormat.of().parseHex(HexFormat.of().toHexDigits(mac, 12)));
    }

    private static String ip(int ip) {
        return HEX.formatHex(HexFormat.of().parseHex(HexFormat.of().toHexDigits(ip)));
    }

    /** ARP: {@code tags} are what stands before its Ethertype. */
    private long arp(int operation, long source, long target, int sourceIp, int targetIp,
            String tags) {
        return frame("%s %s %s08 06 00 01 08 00 06 04 00 0%s %s %s %s %s".formatted(
                operation == Arp.REQUEST ? "ff ff ff ff ff ff" : mac(target), mac(source), tags,
                operation, mac(source), ip(sourceIp), mac(target), ip(targetIp)));
    }

    private static String text(long mbuf, int begin, int count) {
        return HEX.formatHex(PacketBytes.of(mbuf), begin, begin + count);
    }

    private static List<String> sources(StubDev stub) {
        return stub.ring().stream().map(mbuf -> text(mbuf, 6, 6)).distinct().toList();
    }

    private long[] packets(int count) {
        long[] mbufs = new long[count];
        Arrays.setAll(mbufs, i -> data(BOND));
        return mbufs;
    }

    private int send(long... mbufs) {
        return tx.burst(caches, mbufs, mbufs.length);
    }

    @Test
    void shouldSendThroughTheFirstOfTheOrderWithItsAddress() {
        use(BondMode.TLB, 0, 1, 2);
        assertThat(send(packets(20))).isEqualTo(20);
        assertThat(stubs[0].ring()).hasSize(20);
        assertThat(sources(stubs[0])).containsExactly(mac(addressOf(0)));

        order.set(new int[] {1, 2, 0});
        send(packets(20));
        assertThat(stubs[1].ring()).hasSize(20);
        assertThat(sources(stubs[1])).containsExactly(mac(BOND));
    }

    @Test
    void shouldNotChangeASourceThatIsNotTheBonds() {
        use(BondMode.TLB, 0, 1, 2);
        send(data(CLIENT));
        assertThat(sources(stubs[0])).containsExactly(mac(CLIENT));
    }

    @Test
    void shouldSendThroughTheNextMemberWhatTheFirstDoesNotTakeAndGiveBackTheRestUnchanged() {
        use(BondMode.TLB, 0, 1, 2);
        order.set(new int[] {2, 0, 1});
        stubs[2].setRoom(5);
        stubs[0].setRoom(7);
        stubs[1].setRoom(8);
        long[] mbufs = packets(30);
        long[] burst = mbufs.clone();
        assertThat(tx.burst(caches, burst, 30)).isEqualTo(20);
        assertThat(stubs[2].sent()).isEqualTo(Arrays.copyOf(mbufs, 5));
        assertThat(stubs[0].sent()).isEqualTo(Arrays.copyOfRange(mbufs, 5, 12));
        assertThat(stubs[1].sent()).isEqualTo(Arrays.copyOfRange(mbufs, 12, 20));
        assertThat(sources(stubs[2])).containsExactly(mac(addressOf(2)));
        assertThat(sources(stubs[0])).containsExactly(mac(addressOf(0)));
        assertThat(burst).isEqualTo(mbufs);
        for (int i = 20; i < 30; i++) {
            assertThat(text(burst[i], 6, 6)).isEqualTo(mac(BOND));
        }
        caches.free(burst, 20, 10);
    }

    @Test
    void shouldSendAgainWithAnotherAddressWhatALostMemberHasNotSent() {
        use(BondMode.TLB, 0, 1, 2);
        long[] mbufs = packets(9);
        send(mbufs.clone());
        stubs[0].port().stop();
        paths.takeBack(stubs[0].port());
        assertThat(stubs[1].sent()).isEqualTo(mbufs);
        assertThat(sources(stubs[1])).containsExactly(mac(BOND));

        order.set(new int[] {2, 1, 0});
        use(BondMode.TLB, 2);
        stubs[1].port().stop();
        paths.takeBack(stubs[1].port());
        assertThat(stubs[2].sent()).isEqualTo(mbufs);
        assertThat(sources(stubs[2])).containsExactly(mac(addressOf(2)));
    }

    @Test
    void shouldTellEachPeerTheAddressOfOneMember() {
        use(BondMode.ALB, 0, 1, 2);
        order.set(new int[] {1, 0, 2});
        for (int i = 0; i < 6; i++) {
            send(arp(Arp.REPLY, BOND, CLIENT + i, APP_IP, APP_IP + i + 1, ""));
        }
        for (int i = 0; i < 3; i++) {
            assertThat(stubs[i].ring()).hasSize(2);
            for (long reply : stubs[i].sent()) {
                assertThat(text(reply, 6, 6)).isEqualTo(mac(addressOf(i)));
                assertThat(text(reply, 22, 6)).isEqualTo(mac(addressOf(i)));
            }
        }
        assertThat(updates()).as("peers that know all").isEmpty();
    }

    @Test
    void shouldSendQuestionsAndArpOfOthersThroughTheMemberWithTheBondsAddress() {
        use(BondMode.ALB, 0, 1, 2);
        long question = arp(Arp.REQUEST, BOND, 0, APP_IP, APP_IP + 9, "");
        long others = arp(Arp.REPLY, CLIENT, CLIENT + 1, APP_IP + 1, APP_IP + 2, "");
        long announcement = arp(Arp.REPLY, BOND, 0xffff_ffff_ffffL, APP_IP, APP_IP, "");
        send(question, others, announcement);
        assertThat(stubs[1].sent()).containsExactly(question, others, announcement);
        assertThat(text(others, 22, 6)).isEqualTo(mac(CLIENT));
        assertThat(text(announcement, 22, 6)).isEqualTo(mac(BOND));
    }

    @Test
    void shouldSendWhatIsNoArpByLoadAroundArp() {
        use(BondMode.ALB, 0, 1, 2);
        long before = data(BOND);
        long question = arp(Arp.REQUEST, BOND, 0, APP_IP, APP_IP + 9, "");
        long after = data(BOND);
        long shortFrame = data(BOND);
        Mbuf.setLength(shortFrame, 14);
        send(before, question, after, shortFrame);
        assertThat(stubs[0].sent()).containsExactly(before, after, shortFrame);
        assertThat(stubs[1].sent()).containsExactly(question);
    }

    /** Runs the control thread's part three times; returns what it has sent to peers. */
    private List<long[]> updates() {
        List<long[]> sent = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            int[] before = Arrays.stream(stubs).mapToInt(stub -> stub.ring().size()).toArray();
            clients.run(plan, paths);
            send();
            for (int at = 0; at < stubs.length; at++) {
                for (int k = before[at]; k < stubs[at].ring().size(); k++) {
                    sent.add(new long[] {at, stubs[at].sent()[k]});
                }
            }
        }
        return sent;
    }

    @Test
    void shouldTellAPeerAnotherAddressWhenAMemberGoesOrComesAndKeepItsVlanTag() {
        use(BondMode.ALB, 0, 1, 2);
        int ip = 0x0a00_0008; // 10 + 8: the first of three, the first of two
        send(arp(Arp.REPLY, BOND, CLIENT, APP_IP, ip, "81 00 00 64 "));
        assertThat(text(stubs[0].sent()[0], 26, 6)).isEqualTo(mac(addressOf(0)));
        assertThat(updates()).isEmpty();

        use(BondMode.ALB, 1, 2);
        List<long[]> told = updates();
        assertThat(told).singleElement().satisfies(one -> {
            assertThat(one[0]).isEqualTo(1);
            assertThat(text(one[1], 0, 60)).isEqualTo(HEX.formatHex(
                    Arp.reply(BOND, APP_IP, CLIENT, ip, TAG)));
            assertThat(text(one[1], 0, 46)).isEqualTo(("%s %s 81 00 00 64 08 06 00 01 08 00 06 04 "
                    + "00 02 %s %s %s %s").formatted(mac(CLIENT), mac(BOND), mac(BOND),
                            ip(APP_IP), mac(CLIENT), ip(ip)));
        });
        use(BondMode.ALB, 0, 1, 2);
        assertThat(updates()).singleElement().satisfies(one ->
                assertThat(text(one[1], 6, 6)).isEqualTo(mac(addressOf(0))));
    }

    @Test
    void shouldTellAllPeersAgainWhenTheApplicationHasAskedByBroadcast() {
        use(BondMode.ALB, 0, 1, 2);
        for (int i = 0; i < 3; i++) {
            send(arp(Arp.REPLY, BOND, CLIENT + i, APP_IP, 0x0a00_0008 + i, ""));
        }
        send(arp(Arp.REQUEST, BOND, 0, APP_IP, APP_IP + 99, ""));
        assertThat(updates()).as("all but the one that sends to the bond's address").hasSize(2)
                .extracting(one -> one[0]).containsExactlyInAnyOrder(0L, 2L);
    }

    @Test
    void shouldTellAPeerThatAnswersWhereToSend() {
        use(BondMode.ALB, 0, 1, 2);
        long[] answers = {arp(Arp.REPLY, CLIENT, BOND, 0x0a00_0008, APP_IP, ""),
            arp(Arp.REPLY, CLIENT + 1, BOND, 0x0a00_0009, APP_IP, "")};
        Mbuf.setFlags(answers[0], MbufFlags.RX_VLAN_STRIPPED);
        Mbuf.setVlanTci(answers[0], 0x64);
        for (long answer : answers) {
            stubs[1].toReceive().add(answer);
        }
        assertThat(received(true)).isEqualTo(2);

        assertThat(updates()).singleElement().satisfies(one -> {
            assertThat(one[0]).isZero();
            assertThat(text(one[1], 0, 60)).isEqualTo(HEX.formatHex(
                    Arp.reply(addressOf(0), APP_IP, CLIENT, 0x0a00_0008, TAG)));
        });
        Map<String, Long> counts = new HashMap<>();
        clients.addTo(counts);
        assertThat(counts).containsEntry("alb_clients", 2L).containsEntry("alb_tx_updates", 1L);
    }

    /** Polls until each member was asked; frees what comes. */
    private int received(boolean forBond) {
        long[] mbufs = new long[32];
        int received = 0;
        for (int i = 0; i < stubs.length; i++) {
            int now = rx.burst(caches, mbufs, 32);
            for (int k = 0; k < now && forBond; k++) {
                assertThat(text(mbufs[k], 0, 6)).isEqualTo(mac(BOND));
            }
            caches.free(mbufs, 0, now);
            received += now;
        }
        return received;
    }

    @Test
    void shouldReceiveThroughOtherMembersOnlyWhatIsSentToTheirAddress() {
        use(BondMode.ALB, 0, 1, 2);
        String rest = " 02 00 00 00 0c 01 08 00 45 00";
        stubs[0].toReceive().add(frame(mac(addressOf(0)) + rest));
        stubs[0].toReceive().add(frame("ff ff ff ff ff ff" + rest));
        stubs[2].toReceive().add(frame(mac(BOND) + rest));
        long runt = frame(mac(addressOf(2)) + rest);
        Mbuf.setLength(runt, 6);
        stubs[2].toReceive().add(runt);
        assertThat(received(true)).isEqualTo(1);
        assertThat(dropped.errors()).isEqualTo(3);

        stubs[1].toReceive().add(frame("ff ff ff ff ff ff" + rest));
        assertThat(received(false)).isEqualTo(1);
    }

    @Test
    void shouldGivePeersTheBondsAddressBackInAnotherMode() {
        use(BondMode.ALB, 0, 1, 2);
        send(arp(Arp.REPLY, BOND, CLIENT, APP_IP, 0x0a00_0008, ""));
        updates();
        use(BondMode.BALANCE, 0, 1, 2);
        assertThat(updates()).singleElement().satisfies(one ->
                assertThat(text(one[1], 6, 6)).isEqualTo(mac(BOND)));
        Map<String, Long> counts = new HashMap<>();
        clients.addTo(counts);
        assertThat(counts).containsEntry("alb_clients", 0L);
    }

    @Test
    void shouldNotTakeOtherPacketsForArp() {
        long right = arp(Arp.REPLY, BOND, CLIENT, APP_IP, APP_IP + 1, "88 a8 00 05 81 00 00 64 ");
        assertThat(Arp.find(right)).isEqualTo(Mbuf.data(right) + 22);
        assertThat(Arp.tags(right, Arp.find(right))).isEqualTo(0x88a8_0005_8100_0064L);
        for (int length = 0; length < 50; length++) {
            Mbuf.setLength(right, length);
            assertThat(Arp.find(right)).as("%s bytes", length).isZero();
        }
        Mbuf.setLength(right, 64);
        for (int at = 20; at < 28; at++) {
            byte was = RawMemory.getByte(Mbuf.data(right) + at);
            RawMemory.putByte(Mbuf.data(right) + at, (byte) (was ^ 0x40));
            assertThat(Arp.find(right)).as("byte %s", at).isZero();
            RawMemory.putByte(Mbuf.data(right) + at, was);
        }
        caches.free(new long[] {right}, 0, 1);
    }
}
