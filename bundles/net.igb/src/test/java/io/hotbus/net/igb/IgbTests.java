// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.igb;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.eal.io.RawMemory;
import io.hotbus.eal.mem.Mbuf;
import io.hotbus.ethdev.Port;
import io.hotbus.pmd.pci.NicPatience;
import io.hotbus.testkit.pci.NicTests;
import java.util.Map;
import java.util.Random;

/** Base of tests of the driver with the model of an 82576. */
abstract class IgbTests extends NicTests<Rig> {
    @Override
    protected final Rig newRig(Map<String, Object> settings, NicPatience patience)
            throws Exception {
        return new Rig(settings, patience);
    }

    /** A frame of any bytes. */
    static byte[] frame(int length) {
        byte[] frame = new byte[length];
        new Random(length).nextBytes(frame);
        return frame;
    }

    /** Creates a packet of segments of at most {@code most} bytes. */
    final long packet(byte[] frame, int most) {
        int count = (frame.length + most - 1) / most;
        long[] segments = new long[count];
        assertThat(pool.get(segments, 0, count)).isEqualTo(count);
        for (int i = 0; i < count; i++) {
            int length = Math.min(most, frame.length - i * most);
            Mbuf.setLength(segments[i], length);
            RawMemory.copy(frame, i * most, Mbuf.data(segments[i]), length);
            if (i > 0) {
                Mbuf.append(segments[0], segments[i - 1], segments[i]);
            }
        }
        return segments[0];
    }

    /** Sends packets of one burst. */
    final int send(Port port, long... packets) {
        return port.txQueue(0).burst(pool.mempools().uncached(), packets, packets.length);
    }

    static byte[] bytes(long packet) {
        byte[] bytes = new byte[Mbuf.length(packet)];
        long segment = packet;
        int at = 0;
        for (int left = Mbuf.segments(packet); left > 0; left--) {
            RawMemory.copy(Mbuf.data(segment), bytes, at, Mbuf.segmentLength(segment));
            at += Mbuf.segmentLength(segment);
            segment = Mbuf.next(segment);
        }
        return bytes;
    }

    final void free(long packet) {
        pool.mempools().uncached().free(new long[] {packet}, 0, 1);
    }
}
