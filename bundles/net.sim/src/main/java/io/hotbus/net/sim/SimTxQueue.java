// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.sim;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.MempoolCaches;
import io.hotbus.pmd.Registers;
import io.hotbus.pmd.eth.QueueSetup;
import io.hotbus.pmd.eth.TxRing;

/** A transmit queue. */
final class SimTxQueue extends TxRing implements SimQueue {
    private final SimRing ring;
    /** A descriptor has read as all-ones, so the device is gone. Cleared by the next start. */
    private boolean gone;

    SimTxQueue(SimBars bars, String device, QueueSetup setup) {
        super(setup, device + " transmit queue " + setup.index());
        this.ring = new SimRing(bars, SimRegs.txQueue(setup.index()), 2 * setup.index() + 1,
                setup.descriptors());
    }

    @Override
    public int burst(MempoolCaches caches, long[] mbufs, int count) {
        int next = next();
        // A free descriptor holds a value of this queue or of the hardware, never all-ones.
        if (gone || ring.word(next) == Registers.GONE64) {
            gone = true;
            return 0;
        }
        reclaim(caches);
        return gone ? 0 : send(caches, mbufs, count, next);
    }

    @Override
    public boolean isGone() {
        return gone;
    }

    private int send(MempoolCaches caches, long[] mbufs, int count, int begin) {
        int next = begin;
        int taken = 0;
        int refused = 0;
        long bytes = 0;
        for (int room = free(); taken < count && room > 0; taken++) {
            long packet = mbufs[taken];
            int length = Mbuf.length(packet);
            int segments = Mbuf.segments(packet);
            if (length > SimRegs.MAX_FRAME || segments > mask) {
                refuse(caches, packet);
                refused++;
                continue;
            }
            room -= segments;
            if (room < 0) {
                break;
            }
            next = write(next, packet, segments);
            bytes += length;
        }
        if (next != begin) {
            owned += (next - begin) & mask;
            ring.doorbell(next);
            counters.add(taken - refused, bytes);
        }
        return taken;
    }

    /** Writes a descriptor for each segment from {@code index} on. Returns the next index. */
    private int write(int index, long packet, int segments) {
        int next = index;
        long segment = packet;
        for (int left = segments; left > 0; left--) {
            long command = Mbuf.segmentLength(segment) & SimDescriptor.LENGTH_MASK
                    | SimDescriptor.TX_IFCS;
            if (left == 1) {
                command |= SimDescriptor.TX_EOP;
            }
            if (asksForReport(next)) {
                command |= SimDescriptor.TX_RS;
            }
            hold(next, segment);
            ring.write(next, Mbuf.dataIova(segment), command);
            next = (next + 1) & mask;
            segment = Mbuf.next(segment);
        }
        return next;
    }

    /** Gives back the buffers that the hardware reports as sent. */
    private void reclaim(MempoolCaches caches) {
        while (awaitsReport()) {
            long report = ring.word(reporting());
            gone = report == Registers.GONE64;
            if (gone || (report & SimDescriptor.DD) == 0) {
                return;
            }
            reported(caches);
        }
    }

    /** Starts the queue. Frames that were not sent before the last stop are lost. */
    @Override
    public void start() throws DeviceException {
        gone = false;
        returnBuffers();
        ring.clear();
        ring.enable(0, toString());
    }

    @Override
    public boolean stop() {
        return ring.disable();
    }
}
