// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.fwd;

import io.hotbus.eal.io.RawMemory;
import io.hotbus.eal.mem.Mbuf;
import io.hotbus.ethdev.MacAddress;
import io.hotbus.testpmd.FwdStream;
import java.io.PrintStream;

/**
 * Prints received packets ({@code set verbose 1}), in the shape that DPDK's testpmd prints. It
 * allocates and writes on the lcore, so it is for looking at single packets.
 */
final class PacketPrinter implements FwdStream.PacketLog {
    private static final int ETHERNET = 14;

    private final PrintStream out;

    PacketPrinter(PrintStream out) {
        this.out = out;
    }

    @Override
    public void received(FwdStream stream, int count) {
        StringBuilder text = new StringBuilder("port %s/queue %s: received %s packets\n".formatted(
                stream.rxPort().id(), stream.queue(), count));
        for (int i = 0; i < count; i++) {
            line(text, stream.mbufs()[i]);
        }
        out.print(text);
        out.flush();
    }

    private static void line(StringBuilder text, long mbuf) {
        if (Mbuf.segmentLength(mbuf) < ETHERNET) {
            text.append("  length=%s, too short for an Ethernet header\n"
                    .formatted(Mbuf.length(mbuf)));
            return;
        }
        long frame = Mbuf.data(mbuf);
        text.append("  src=%s - dst=%s - type=0x%04x - length=%s - nb_segs=%s\n".formatted(
                mac(frame + 6), mac(frame),
                Short.reverseBytes(RawMemory.getShort(frame + 12)) & 0xffff,
                Mbuf.length(mbuf), Mbuf.segments(mbuf)));
    }

    private static MacAddress mac(long address) {
        return new MacAddress(Long.reverseBytes(RawMemory.getInt(address) & 0xffff_ffffL
                | (RawMemory.getShort(address + 4) & 0xffffL) << 32) >>> 16);
    }
}
