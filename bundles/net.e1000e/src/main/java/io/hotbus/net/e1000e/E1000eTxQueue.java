// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.e1000e;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.mem.DmaAllocator;
import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.MempoolCaches;
import io.hotbus.pmd.eth.QueueSetup;
import io.hotbus.pmd.eth.TxRing;
import java.util.List;

/** The transmit queue. */
final class E1000eTxQueue extends TxRing {
    private final E1000eRing ring;

    /**
     * Creates the queue.
     *
     * @throws DeviceException the ring cannot be allocated
     */
    E1000eTxQueue(E1000eChip chip, QueueSetup setup, DmaAllocator allocator)
            throws DeviceException {
        super(setup, chip.device() + " transmit queue " + setup.index());
        this.ring = E1000eRing.allocate(
                chip, toString(), setup, "TD", E1000eRegs.TDBAL, allocator);
    }

    @Override
    public int burst(MempoolCaches caches, long[] mbufs, int count) {
        while (awaitsReport() && ring.isDone(reporting())) {
            reported(caches);
        }
        return send(caches, mbufs, count, next());
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
            if (length > E1000eDescriptor.TX_MAX_LENGTH || segments > mask || lacksBytes(packet)) {
                // The chip would stop there.
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
            long command = Mbuf.segmentLength(segment) | E1000eDescriptor.TX_IFCS;
            if (left == 1) {
                command |= E1000eDescriptor.TX_EOP;
            }
            if (asksForReport(next)) {
                command |= E1000eDescriptor.TX_RS;
            }
            hold(next, segment);
            ring.write(next, Mbuf.dataIova(segment), command);
            next = (next + 1) & mask;
            segment = Mbuf.next(segment);
        }
        return next;
    }

    List<E1000eSetup.Register> registersWritten() {
        return ring.written();
    }

    /**
     * Whether the chip has passed a descriptor without the requested report, in a ring in which it
     * has passed all descriptors. Thread {@code interrupt}.
     */
    boolean lacksReports() {
        for (int i = REPORT - 1; i <= mask; i += REPORT) {
            if ((ring.word(i) & E1000eDescriptor.TX_RS) != 0 && !ring.isDone(i)) {
                return true;
            }
        }
        return false;
    }

    /** Starts with an empty ring. Frames that were not sent before the last stop are lost. */
    void prepare() {
        returnBuffers();
        ring.clear();
        ring.writeRegisters(E1000eRegs.DCTL_GRAN | E1000eRegs.TXDCTL_COUNT_DESC);
    }

    @Override
    public void close() {
        super.close();
        ring.close();
    }
}
