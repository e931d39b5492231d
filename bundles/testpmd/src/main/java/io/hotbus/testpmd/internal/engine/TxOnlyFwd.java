// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.engine;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.testpmd.ForwardEngine;
import io.hotbus.testpmd.FwdStream;
import io.hotbus.testpmd.TxFrames;
import org.osgi.service.component.annotations.Component;

/**
 * {@code txonly}: packets are made and transmitted, received ones stay where they are. They are
 * numbered by stream. Source: DPDK {@code app/test-pmd/txonly.c}.
 */
@Component
public final class TxOnlyFwd implements ForwardEngine {
    /** What a stream sends, and room for the segments after the first of one packet. */
    private record Sending(TestFrame frame, long[] segments) {
    }

    @Override
    public String name() {
        return "txonly";
    }

    @Override
    public void begin(FwdStream stream) throws DeviceException {
        TxFrames frames = stream.config().frames();
        requireRoom(frames, stream.pool().dataRoom());
        stream.setState(new Sending(
                new TestFrame(frames, TestFrame.destination(stream.config(), stream.txPort()),
                        stream.txMac(), TestFrame.GENERATED),
                new long[frames.segments().size() - 1]));
    }

    /**
     * Checks that generated segments fit into buffers.
     *
     * @throws DeviceException one does not
     */
    public static void requireRoom(TxFrames frames, int room) throws DeviceException {
        for (int bytes : frames.segments()) {
            if (bytes > room) {
                throw new DeviceException(("txpkts: a segment of %s bytes does not fit into a "
                        + "buffer of %s (--mbuf-size)").formatted(bytes, room));
            }
        }
    }

    @Override
    public void forward(FwdStream stream) {
        Sending sending = (Sending) stream.state();
        long[] mbufs = stream.mbufs();
        int count = stream.allocate();
        long first = stream.sent() + stream.dropped();
        int ready = 0;
        while (ready < count && write(stream, sending, mbufs[ready], first + ready)) {
            ready++;
        }
        if (ready < count) {
            stream.free(mbufs, ready, count - ready);
        }
        if (ready != 0) {
            VlanInsert.mark(stream, mbufs, ready);
            stream.transmit(ready);
        }
    }

    /** Returns false where there are too few buffers for all segments. */
    private static boolean write(FwdStream stream, Sending sending, long mbuf, long number) {
        long[] segments = sending.segments;
        sending.frame.write(mbuf, number);
        if (segments.length != 0) {
            int taken = stream.allocate(segments, 0, segments.length);
            if (taken < segments.length) {
                stream.free(segments, 0, taken);
                return false;
            }
            sending.frame.append(mbuf, segments);
        }
        return true;
    }
}
