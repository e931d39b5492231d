// SPDX-License-Identifier: Apache-2.0
package com.example.net.acme;

import io.hotbus.eal.io.Mmio;
import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.MempoolCaches;
import io.hotbus.eal.ring.MpmcRing;
import io.hotbus.ethdev.QueueCounters;
import io.hotbus.ethdev.RxQueue;

/**
 * The receiving side of the data path: polled by one lcore, some million times a second. Nothing
 * here throws, logs, allocates, locks or waits.
 */
final class AcmeRxQueue implements RxQueue {
    private final Mmio registers;
    private final MpmcRing ring;
    private final int portId;
    private final QueueCounters counters;

    AcmeRxQueue(Mmio registers, MpmcRing ring, int portId, QueueCounters counters) {
        this.registers = registers;
        this.ring = ring;
        this.portId = portId;
        this.counters = counters;
    }

    /**
     * The first line is the access that meets the void. It raises SIGBUS on this lcore; the handler
     * puts a page of all-ones where the registers were, and the load is done again: from in here
     * the device just reads all-ones. Soon the port puts an empty queue in the place of this one,
     * the application is told, and stops, closes and detaches the port. There is no more to do.
     */
    @Override
    public int burst(MempoolCaches caches, long[] mbufs, int count) {
        if (registers.read32(AcmeRegs.STATUS) == AcmeRegs.GONE) {
            return 0;
        }
        int received = ring.poll(mbufs, 0, count);
        long bytes = 0;
        for (int i = 0; i < received; i++) {
            int length = Mbuf.length(mbufs[i]);
            Mbuf.received(mbufs[i], length, portId);
            bytes += length;
        }
        counters.add(received, bytes);
        return received;
    }
}
