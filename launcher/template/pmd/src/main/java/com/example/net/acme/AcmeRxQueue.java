// SPDX-License-Identifier: Apache-2.0
package com.example.net.acme;

import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.MempoolCaches;
import io.hotbus.eal.ring.MpmcRing;
import io.hotbus.ethdev.QueueCounters;
import io.hotbus.ethdev.RxQueue;
import io.hotbus.pmd.Registers;
import io.hotbus.pmd.eth.QueueSetup;

/**
 * The receiving side of the data path. One lcore polls it some million times a second. Nothing here
 * throws, logs, allocates, locks or waits.
 */
final class AcmeRxQueue implements RxQueue {
    private final Registers registers;
    private final MpmcRing ring;
    private final int portId;
    private final QueueCounters counters;

    AcmeRxQueue(Registers registers, MpmcRing ring, QueueSetup setup) {
        this.registers = registers;
        this.ring = ring;
        this.portId = setup.portId();
        this.counters = setup.counters();
    }

    /**
     * Receives a burst. When the device is gone, the register read in the first line raises SIGBUS
     * on this lcore. The handler replaces the registers with a page of all-ones, and the CPU
     * repeats the read, so this code sees a device that reads all-ones. Soon the port replaces this
     * queue with an idle one, and the application stops, closes and detaches the port.
     */
    @Override
    public int burst(MempoolCaches caches, long[] mbufs, int count) {
        if (registers.read32(AcmeRegs.STATUS) == Registers.GONE) {
            return 0;
        }
        int received = ring.poll(mbufs, 0, count);
        long bytes = 0;
        for (int i = 0; i < received; i++) {
            Mbuf.setPort(mbufs[i], portId);
            bytes += Mbuf.length(mbufs[i]);
        }
        counters.add(received, bytes);
        return received;
    }
}
