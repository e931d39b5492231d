// SPDX-License-Identifier: Apache-2.0
package com.example.net.acme;

import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.MempoolCaches;
import io.hotbus.eal.ring.MpmcRing;
import io.hotbus.ethdev.QueueCounters;
import io.hotbus.ethdev.TxQueue;
import io.hotbus.pmd.Registers;
import io.hotbus.pmd.eth.QueueSetup;

/** The sending side of the data path, with the same rules as {@link AcmeRxQueue}. */
final class AcmeTxQueue implements TxQueue {
    private final Registers registers;
    private final MpmcRing ring;
    private final QueueCounters counters;
    private int tail;

    AcmeTxQueue(Registers registers, MpmcRing ring, QueueSetup setup) {
        this.registers = registers;
        this.ring = ring;
        this.counters = setup.counters();
    }

    /**
     * Takes as many packets as there is room for; the caller keeps the other buffers. Counts the
     * bytes before {@code offer}, because afterwards the receiver may change the packets.
     */
    @Override
    public int burst(MempoolCaches caches, long[] mbufs, int count) {
        if (registers.read32(AcmeRegs.STATUS) == Registers.GONE) {
            return 0;
        }
        int room = Math.min(count, ring.capacity() - ring.size());
        long bytes = 0;
        for (int i = 0; i < room; i++) {
            bytes += Mbuf.length(mbufs[i]);
        }
        int sent = ring.offer(mbufs, 0, room);
        // The doorbell: ordered after all earlier writes. The write has no effect if the device is
        // gone.
        tail = tail + sent & Integer.MAX_VALUE;
        registers.write32(AcmeRegs.TAIL, tail);
        counters.add(sent, bytes);
        return sent;
    }
}
