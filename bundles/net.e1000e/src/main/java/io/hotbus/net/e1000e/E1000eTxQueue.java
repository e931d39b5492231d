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

    /** @throws DeviceException as the ring says */
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
        int taken = Math.min(count, free());
        if (taken <= 0) {
            return 0;
        }
        int next = next();
        int sent = 0;
        long bytes = 0;
        for (int i = 0; i < taken; i++) {
            int length = Mbuf.length(mbufs[i]);
            if (length <= 0 || length > E1000eDescriptor.TX_MAX_LENGTH) {
                // The chip would stop there.
                refuse(caches, mbufs[i]);
                continue;
            }
            write(next, mbufs[i], length);
            next = (next + 1) & mask;
            sent++;
            bytes += length;
        }
        if (sent > 0) {
            owned += sent;
            ring.doorbell(next);
            counters.add(sent, bytes);
        }
        return taken;
    }

    private void write(int index, long mbuf, int length) {
        long command = length | E1000eDescriptor.TX_EOP | E1000eDescriptor.TX_IFCS;
        if (asksForReport(index)) {
            command |= E1000eDescriptor.TX_RS;
        }
        buffers[index] = mbuf;
        ring.write(index, Mbuf.dataIova(mbuf), command);
    }

    List<E1000eSetup.Register> registersWritten() {
        return ring.written();
    }

    /**
     * Whether the chip has passed a descriptor without reporting it as it was asked to; of a ring
     * in which it has passed all. Thread {@code interrupt}.
     */
    boolean lacksReports() {
        for (int i = REPORT - 1; i <= mask; i += REPORT) {
            if ((ring.word(i) & E1000eDescriptor.TX_RS) != 0 && !ring.isDone(i)) {
                return true;
            }
        }
        return false;
    }

    /** Begins with an empty ring. Frames that were not sent before the last stop are lost. */
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
