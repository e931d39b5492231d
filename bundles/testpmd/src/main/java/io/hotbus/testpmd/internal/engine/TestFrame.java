// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.engine;

import io.hotbus.eal.io.RawMemory;
import io.hotbus.eal.mem.Mbuf;
import io.hotbus.ethdev.MacAddress;
import io.hotbus.ethdev.Port;
import io.hotbus.testpmd.FwdConfig;
import io.hotbus.testpmd.TxFrames;

/**
 * Writes generated packets: UDP over IPv4 as DPDK's {@code txonly} sends it, then a kind, a number
 * and zeros. Belongs to one thread. Source: DPDK {@code app/test-pmd/txonly.c}.
 */
public final class TestFrame {
    /** The kind that {@code tx_first} sends; its numbers are unique. */
    public static final short TX_FIRST = 0x4801;
    /** The kind that {@code txonly} sends. */
    public static final short GENERATED = 0x4802;
    private static final long BROADCAST = 0xffff_ffff_ffffL;

    private static final int IP = Bytes.ETHERNET;
    private static final int UDP = IP + Headers.IPV4_LENGTH;
    private static final int KIND = TxFrames.HEADERS;
    private static final int NUMBER = KIND + Short.BYTES;
    private static final int END = NUMBER + Long.BYTES;
    private static final int TTL = 64;
    /** Bytes at the beginning of a packet that are copied from the first one. */
    private static final int COPIED = 64;

    private final TxFrames frames;
    private final int length;
    /** Bytes in the first segment. */
    private final int room;
    private final long destination;
    private final long source;
    private final short kind;
    /** Varies the source addresses. */
    private int flow;
    /** The beginning of each packet, as it is in memory; empty until there is one. */
    private long[] beginning = {};

    /** The frames of {@code frames} from one address to another. */
    public TestFrame(TxFrames frames, long destination, long source, short kind) {
        this.frames = frames;
        this.length = frames.length();
        this.room = frames.segments().get(0);
        this.destination = destination;
        this.source = source;
        this.kind = kind;
    }

    /**
     * The destination of what is sent to {@code port}: the peer's address if it was told, otherwise
     * all stations, so that none needs promiscuous mode.
     */
    public static long destination(FwdConfig config, Port port) {
        MacAddress peer = config.peers().get(port.id());
        return peer == null ? BROADCAST : peer.value();
    }

    /**
     * Turns {@code mbuf} into such a packet, or into its first segment: {@link #append} adds the
     * others.
     */
    public void write(long mbuf, long number) {
        long frame = Mbuf.data(mbuf);
        if (beginning.length == 0) {
            compose(frame);
            beginning = read(frame, Math.min(COPIED, room));
        }
        for (int i = 0; i < beginning.length; i++) {
            RawMemory.putLong(frame + (long) i * Long.BYTES, beginning[i]);
        }
        if (frames.multiFlow()) {
            writeIp(frame + IP);
        }
        RawMemory.putLong(frame + NUMBER, Long.reverseBytes(number));
        if (room > COPIED) {
            RawMemory.fill(frame + COPIED, room - COPIED, (byte) 0);
        }
        Mbuf.setLength(mbuf, room);
    }

    /** The first bytes of a packet. The last word may reach beyond the packet, not the buffer. */
    private static long[] read(long frame, int bytes) {
        long[] words = new long[(bytes + Long.BYTES - 1) / Long.BYTES];
        for (int i = 0; i < words.length; i++) {
            words[i] = RawMemory.getLong(frame + (long) i * Long.BYTES);
        }
        return words;
    }

    /** Writes all fields that are the same in each packet, and zeros. */
    private void compose(long frame) {
        RawMemory.fill(frame, Math.max(room, END), (byte) 0);
        Bytes.putMac(frame, destination);
        Bytes.putMac(frame + Bytes.SOURCE, source);
        Bytes.put16(frame + Bytes.TYPE, Headers.IPV4);
        if (!frames.multiFlow()) {
            writeIp(frame + IP);
        }
        Bytes.put16(frame + UDP, frames.udpSource());
        Bytes.put16(frame + UDP + 2, frames.udpDestination());
        Bytes.put32(frame + UDP + 4, length - UDP << Short.SIZE); // without a checksum
        Bytes.put16(frame + KIND, kind);
    }

    private void writeIp(long ip) {
        Bytes.put32(ip, 0x4500 << Short.SIZE | length - IP);
        Bytes.put32(ip + 4, 0);
        Bytes.put32(ip + 8, TTL << 24 | Headers.UDP << Short.SIZE);
        Bytes.put32(ip + 12, frames.multiFlow()
                ? frames.ipDestination() | (flow++ & 0xff) << Byte.SIZE : frames.ipSource());
        Bytes.put32(ip + 16, frames.ipDestination());
        Checksum.writeIpv4(ip, Headers.IPV4_LENGTH);
    }

    /** Appends the segments after the first to a packet. */
    public void append(long mbuf, long[] segments) {
        long last = mbuf;
        for (int i = 0; i < segments.length; i++) {
            int bytes = frames.segments().get(i + 1);
            Mbuf.reset(segments[i]);
            RawMemory.fill(Mbuf.data(segments[i]), bytes, (byte) 0);
            Mbuf.setLength(segments[i], bytes);
            Mbuf.append(mbuf, last, segments[i]);
            last = segments[i];
        }
    }

    /** The number of a {@code tx_first} packet; -1 for any other packet. */
    public static long txFirstNumber(long mbuf) {
        long frame = Mbuf.data(mbuf);
        boolean ours = Mbuf.segmentLength(mbuf) >= END
                && Bytes.get16(frame + Bytes.TYPE) == Headers.IPV4
                && Bytes.get8(frame + IP) == 0x45
                && Bytes.get8(frame + IP + 9) == Headers.UDP
                && Bytes.get16(frame + KIND) == TX_FIRST;
        return ours ? Long.reverseBytes(RawMemory.getLong(frame + NUMBER)) : -1;
    }
}
