// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.sim;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.MempoolCaches;
import io.hotbus.pmd.Registers;
import io.hotbus.pmd.eth.QueueSetup;
import io.hotbus.pmd.eth.RxRing;

/** A receive queue. */
final class SimRxQueue extends RxRing implements SimQueue {
    private final SimRing ring;
    private final int maxLength;
    /** All-ones was read where that cannot be. Until the queue is started again. */
    private boolean gone;

    SimRxQueue(SimBars bars, String device, QueueSetup setup) {
        super(setup, device + " receive queue " + setup.index());
        this.ring = new SimRing(bars, SimRegs.rxQueue(setup.index()), 2 * setup.index(),
                setup.descriptors());
        this.maxLength = Math.min(setup.pool().dataRoom(), SimDescriptor.MAX_LENGTH);
    }

    @Override
    public int burst(MempoolCaches caches, long[] mbufs, int count) {
        if (gone) {
            return 0;
        }
        int received = 0;
        long bytes = 0;
        while (received < count && owned > 0) {
            long done = ring.word(first);
            if ((done & SimDescriptor.DD) == 0) {
                break;
            }
            if (done == Registers.GONE64) {
                gone = true;
                break;
            }
            int length = (int) (done & SimDescriptor.LENGTH_MASK);
            long mbuf = take();
            if (length == 0 || length > maxLength || (done & SimDescriptor.RX_RXE) != 0) {
                counters.addErrors(1);
                drop(caches, mbuf);
                continue;
            }
            Mbuf.received(mbuf, length, portId);
            mbufs[received++] = mbuf;
            bytes += length;
        }
        if (received > 0) {
            counters.add(received, bytes);
        }
        if (!gone) {
            refill(caches);
        }
        return received;
    }

    @Override
    protected void arm(int index, int count) {
        for (int i = 0; i < count; i++) {
            int at = (index + i) & mask;
            ring.write(at, Mbuf.receiveIova(buffers[at]), 0);
        }
    }

    @Override
    protected void ringDoorbell(int tail) {
        ring.doorbell(tail);
    }

    @Override
    public void start() throws DeviceException {
        gone = false;
        ring.clear();
        int tail = fill();
        ring.enable(pool().dataRoom(), toString());
        ring.doorbell(tail);
    }

    @Override
    public boolean stop() {
        return ring.disable();
    }
}
