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
 * The receiving side of the data path: polled by one lcore, some million times a second. Nothing
 * here throws, logs, allocates, locks or waits.
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
     * The first line reads a register, and meets the void once the device is gone. The read raises
     * SIGBUS on this lcore; the handler puts a page of all-ones where the registers were, and the
     * CPU repeats the read: this code sees a device that reads all-ones. Soon the port puts an idle
     * queue in the place of this one, and the application stops, closes and detaches the port.
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
