// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.bonding;

import io.hotbus.eal.io.RawMemory;
import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.eal.mem.MempoolCaches;
import io.hotbus.ethdev.Link;
import io.hotbus.ethdev.MacAddress;
import io.hotbus.pmd.members.Member;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** LACP of a bond in mode 4. Control threads, one at a time; time is in milliseconds. */
final class Lacp {
    private static final int SYSTEM_PRIORITY = 65_535;
    private static final int PORT_PRIORITY = 255;
    private static final int MARKER_REPLY = 2;
    private static final int SOURCE = 6;
    /** Where the kind of a marker is: 1 asks, 2 answers. */
    private static final int MARKER_KIND = 16;

    private MacAddress system = new MacAddress(0);
    private final AggMode mode;
    private final boolean fast;
    private final BondPaths paths;
    private final MempoolCaches caches;
    private final Map<Member, LacpPort> ports = new LinkedHashMap<>();
    private Optional<LacpPort.Group> aggregator = Optional.empty();
    private Optional<Mempool> pool = Optional.empty();
    private long sent;
    private long received;
    private long damaged;
    private long notSent;

    /**
     * Creates LACP without ports.
     *
     * @param fast   whether partners shall send each second
     * @param caches those of no lcore
     */
    Lacp(AggMode mode, boolean fast, BondPaths paths, MempoolCaches caches) {
        this.mode = mode;
        this.fast = fast;
        this.paths = paths;
        this.caches = caches;
    }

    /** Calls the bond so, and takes buffers for frames from there. */
    void setUp(MacAddress address, Mempool buffers) {
        system = address;
        pool = Optional.of(buffers);
    }

    /** Reads what came in, runs the machines of these members, and sends what is due. */
    void run(Map<Member, Link> members, long now) {
        ports.keySet().retainAll(members.keySet());
        members.forEach((member, link) -> ports.computeIfAbsent(
                member, added -> new LacpPort(actor(added), now)).setLink(link, now));
        paths.takeSlowFrames(mbuf -> take(mbuf, now));
        aggregator = Aggregators.choose(mode, ports.values(), aggregator);
        ports.values().forEach(port -> port.select(aggregator));
        ports.forEach((member, port) -> port.run(now).ifPresent(pdu -> send(member, pdu)));
    }

    private Participant actor(Member member) {
        return new Participant(SYSTEM_PRIORITY, system, 0, PORT_PRIORITY, member.index() + 1,
                Participant.ACTIVITY | (fast ? Participant.TIMEOUT : 0));
    }

    private void take(long mbuf, long now) {
        int number = (int) Mbuf.userData(mbuf);
        Optional<Member> member =
                ports.keySet().stream().filter(one -> one.index() == number).findFirst();
        byte[] bytes = new byte[Mbuf.segmentLength(mbuf)];
        RawMemory.copy(Mbuf.data(mbuf), bytes, 0, bytes.length);
        if (member.isPresent() && isMarker(bytes)) {
            answer(member.get(), mbuf);
            return;
        }
        caches.free(new long[] {mbuf}, 0, 1);
        Optional<LacpPdu> pdu = LacpPdu.read(bytes);
        if (pdu.isEmpty()) {
            damaged++;
        } else if (member.isPresent()) {
            received++;
            ports.get(member.get()).received(pdu.get(), now);
        }
    }

    private static boolean isMarker(byte[] bytes) {
        return bytes.length > MARKER_KIND && bytes[LacpPdu.SUBTYPE] == SlowRxQueue.MARKER
                && bytes[MARKER_KIND] == 1;
    }

    /** Sends a marker back as its answer. Source: IEEE 802.1AX, 6.5.4. */
    private void answer(Member member, long mbuf) {
        long data = Mbuf.data(mbuf);
        RawMemory.putByte(data + MARKER_KIND, (byte) MARKER_REPLY);
        putMac(data + SOURCE, source(member));
        pass(mbuf);
    }

    private static void putMac(long address, MacAddress mac) {
        RawMemory.putShort(address, Short.reverseBytes((short) (mac.value() >>> Integer.SIZE)));
        RawMemory.putInt(address + Short.BYTES, Integer.reverseBytes((int) mac.value()));
    }

    private MacAddress source(Member member) {
        return member.port().map(port -> port.macAddress()).orElse(system);
    }

    private void send(Member member, LacpPdu pdu) {
        long[] mbuf = new long[1];
        if (pool.isEmpty() || caches.of(pool.get()).get(mbuf, 0, 1) == 0) {
            notSent++;
            return;
        }
        byte[] frame = pdu.frame(source(member));
        Mbuf.reset(mbuf[0]);
        Mbuf.setLength(mbuf[0], frame.length);
        RawMemory.copy(frame, 0, Mbuf.data(mbuf[0]), frame.length);
        Mbuf.setUserData(mbuf[0], member.index());
        pass(mbuf[0]);
    }

    private void pass(long mbuf) {
        if (paths.sendSlowFrame(mbuf)) {
            sent++;
        } else {
            caches.free(new long[] {mbuf}, 0, 1);
            notSent++;
        }
    }

    /** Tells the partner of a member that it leaves. */
    void farewell(Member member) {
        LacpPort port = ports.get(member);
        if (port != null && port.link().up()) {
            send(member, port.farewell());
        }
    }

    /** Whether packets of a member are for the application. */
    boolean collecting(Member member) {
        return ports.containsKey(member) && ports.get(member).collecting();
    }

    /** Whether packets may be sent through a member. */
    boolean distributing(Member member) {
        return ports.containsKey(member) && ports.get(member).distributing();
    }

    /** The ports by member. */
    Map<Member, LacpPort> ports() {
        return new LinkedHashMap<>(ports);
    }

    /** The counts, by name. */
    Map<String, Long> counts() {
        Map<String, Long> counts = new LinkedHashMap<>();
        counts.put("lacp_rx_frames", received);
        counts.put("lacp_rx_damaged_frames", damaged);
        counts.put("lacp_tx_frames", sent);
        counts.put("lacp_tx_failed_frames", notSent);
        return counts;
    }

    /** The members that are used together. */
    List<Member> selected() {
        return ports.entrySet().stream().filter(entry -> entry.getValue().isSelected())
                .map(Map.Entry::getKey).toList();
    }
}
