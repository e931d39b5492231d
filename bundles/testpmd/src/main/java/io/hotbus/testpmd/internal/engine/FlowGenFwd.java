// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.engine;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.mem.Mbuf;
import io.hotbus.testpmd.ForwardEngine;
import io.hotbus.testpmd.FwdStream;
import io.hotbus.testpmd.TxFrames;
import org.osgi.service.component.annotations.Component;

/**
 * {@code flowgen}: packets of many flows are sent, whose IPv4 destinations differ; received packets
 * are freed. Source: DPDK {@code app/test-pmd/flowgen.c}.
 */
@Component
public final class FlowGenFwd implements ForwardEngine {
    /** Bytes of the frame check sequence, which the length of generated frames counts. */
    private static final int FCS = 4;
    private static final long ETHER_SOURCE = 0x0001_0203_0400L;
    private static final long ETHER_DESTINATION = 0x0001_0203_0401L;
    private static final int IP_SOURCE = 10 << 24 | 254 << 16;
    private static final int IP_DESTINATION = 10 << 24 | 253 << 16;
    private static final int UDP_SOURCE = 1000;
    private static final int UDP_DESTINATION = 1001;
    private static final int TTL = 64;

    /** Where a stream is in the flows. */
    private static final class Position {
        private final int length;
        private final int flows;
        private final int clones;
        private int flow;

        Position(int length, int flows, int clones) {
            this.length = length;
            this.flows = flows;
            this.clones = clones;
        }

        int next() {
            int now = flow;
            flow = now + 1 < flows ? now + 1 : 0;
            return now;
        }

        void retreat(int by) {
            flow = Math.floorMod(flow - by, flows);
        }
    }

    @Override
    public String name() {
        return "flowgen";
    }

    @Override
    public void begin(FwdStream stream) throws DeviceException {
        int length = stream.config().frames().length() - FCS;
        if (length < TxFrames.HEADERS || length > stream.pool().dataRoom()) {
            throw new DeviceException(("flowgen: txpkts of %s bytes: %s to %s are possible, %s of"
                    + " them for the frame check sequence").formatted(length + FCS,
                            TxFrames.HEADERS + FCS, stream.pool().dataRoom() + FCS, FCS));
        }
        int most = Math.min(stream.config().burst(), Mbuf.MAX_COUNT) - 1;
        stream.setState(new Position(length, stream.config().flows(),
                Math.min(stream.config().clones(), most)));
    }

    @Override
    public void forward(FwdStream stream) {
        int received = stream.receive();
        if (received != 0) {
            stream.free(received);
        }
        Position position = (Position) stream.state();
        int count = position.clones == 0 ? separate(stream, position) : cloned(stream, position);
        if (count != 0) {
            VlanInsert.mark(stream, stream.mbufs(), count);
            int taken = stream.transmit(stream.mbufs(), count);
            if (taken < count) {
                position.retreat(count - taken);
            }
        }
    }

    private static int separate(FwdStream stream, Position position) {
        int count = stream.allocate();
        for (int i = 0; i < count; i++) {
            write(stream.mbufs()[i], position.length, position.next());
        }
        return count;
    }

    /** Each packet stands in the burst once, and as often again as it is cloned. */
    private static int cloned(FwdStream stream, Position position) {
        long[] mbufs = stream.mbufs();
        int count = 0;
        while (count < mbufs.length && stream.allocate(mbufs, count, 1) == 1) {
            int copies = Math.min(position.clones, mbufs.length - count - 1);
            long mbuf = mbufs[count++];
            write(mbuf, position.length, position.next());
            if (copies > 0) {
                Mbuf.retain(mbuf, copies);
            }
            for (int i = 0; i < copies; i++) {
                mbufs[count++] = mbuf;
                position.next();
            }
        }
        return count;
    }

    private static void write(long mbuf, int length, int flow) {
        long frame = Mbuf.data(mbuf);
        Bytes.putMac(frame, ETHER_DESTINATION);
        Bytes.putMac(frame + Bytes.SOURCE, ETHER_SOURCE);
        Bytes.put16(frame + Bytes.TYPE, Headers.IPV4);
        long ip = frame + Bytes.ETHERNET;
        int ipLength = length - Bytes.ETHERNET;
        Bytes.put32(ip, 0x4500 << Short.SIZE | ipLength);
        Bytes.put32(ip + 4, 0);
        Bytes.put32(ip + 8, TTL << 24 | Headers.UDP << Short.SIZE);
        Bytes.put32(ip + 12, IP_SOURCE);
        Bytes.put32(ip + 16, IP_DESTINATION + flow);
        Checksum.writeIpv4(ip, Headers.IPV4_LENGTH);
        long udp = ip + Headers.IPV4_LENGTH;
        Bytes.put16(udp, UDP_SOURCE);
        Bytes.put16(udp + 2, UDP_DESTINATION);
        Bytes.put32(udp + 4, ipLength - Headers.IPV4_LENGTH << Short.SIZE); // no checksum
        Mbuf.setLength(mbuf, length);
    }
}
