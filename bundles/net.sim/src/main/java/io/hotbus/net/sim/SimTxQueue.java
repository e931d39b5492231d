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
    /** All-ones was read where that cannot be. Until the queue is started again. */
    private boolean gone;

    SimTxQueue(SimBars bars, String device, QueueSetup setup) {
        super(setup, device + " transmit queue " + setup.index());
        this.ring = new SimRing(bars, SimRegs.txQueue(setup.index()), 2 * setup.index() + 1,
                setup.descriptors());
    }

    @Override
    public int burst(MempoolCaches caches, long[] mbufs, int count) {
        int next = next();
        // A free descriptor holds what this queue or the hardware wrote: never all-ones.
        if (gone || ring.word(next) == Registers.GONE64) {
            gone = true;
            return 0;
        }
        reclaim(caches);
        int sent = gone ? 0 : Math.min(count, free());
        if (sent <= 0) {
            return 0;
        }
        long bytes = 0;
        for (int i = 0; i < sent; i++) {
            int length = Mbuf.length(mbufs[i]);
            write(next, mbufs[i], length);
            next = (next + 1) & mask;
            bytes += length;
        }
        owned += sent;
        ring.doorbell(next);
        counters.add(sent, bytes);
        return sent;
    }

    private void write(int index, long mbuf, int length) {
        long command = length & SimDescriptor.LENGTH_MASK
                | SimDescriptor.TX_EOP | SimDescriptor.TX_IFCS;
        if (asksForReport(index)) {
            command |= SimDescriptor.TX_RS;
        }
        buffers[index] = mbuf;
        ring.write(index, Mbuf.dataIova(mbuf), command);
    }

    /** Gives back what the hardware reports as sent. */
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

    /** Frames that were not sent before the queue was stopped are lost. */
    @Override
    public void start() throws DeviceException {
        gone = false;
        returnBuffers();
        ring.clear();
        ring.enable(pool().dataRoom(), toString());
    }

    @Override
    public boolean stop() {
        return ring.disable();
    }
}
