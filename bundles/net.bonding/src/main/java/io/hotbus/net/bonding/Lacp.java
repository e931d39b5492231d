// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.bonding;

import io.hotbus.eal.io.RawMemory;
import io.hotbus.eal.mem.Mbuf;
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
    /** Where the kind of a marker is: 1 asks, 2 answers. */
    private static final int MARKER_KIND = 16;

    private AggMode mode;
    private final boolean fast;
    private final BondPaths paths;
    private final FrameSender sender;
    private final Map<Member, LacpPort> ports = new LinkedHashMap<>();
    private MacAddress system = new MacAddress(0);
    private Optional<LacpPort.Group> aggregator = Optional.empty();
    private long sent;
    private long received;
    private long damaged;
    private long notSent;

    /**
     * Creates LACP without ports.
     *
     * @param fast   whether partners shall send each second
     */
    Lacp(AggMode mode, boolean fast, BondPaths paths, FrameSender sender) {
        this.mode = mode;
        this.fast = fast;
        this.paths = paths;
        this.sender = sender;
    }

    /** Which aggregator to use from now on. */
    void setAggMode(AggMode next) {
        mode = next;
    }

    AggMode aggMode() {
        return mode;
    }

    /** Calls the bond so. */
    void setSystem(MacAddress address) {
        system = address;
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
        sender.free(mbuf);
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
        Fields.putMac(data + Fields.SOURCE, source(member).value());
        count(sender.pass(mbuf));
    }

    private MacAddress source(Member member) {
        return member.port().map(port -> port.macAddress()).orElse(system);
    }

    private void send(Member member, LacpPdu pdu) {
        count(sender.send(member.index(), pdu.frame(source(member))));
    }

    private void count(boolean passed) {
        if (passed) {
            sent++;
        } else {
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
