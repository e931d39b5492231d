// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.ring;

import io.hotbus.eal.mem.Mempools;
import io.hotbus.eal.ring.LongRing;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * The rings of one name, one for each queue number, and the ports that use them. Control threads;
 * lcores use the rings themselves.
 */
final class RingSet {
    /** Queues of a port. DPDK: {@code RTE_PMD_RING_MAX_RX_RINGS}. */
    static final int QUEUES = 16;
    /** Packets in a ring. */
    static final int CAPACITY = 1024;
    private static final int BATCH = 64;

    private final String name;
    private final LongRing[] rings;
    private int users;
    private int receivers;
    private volatile Optional<String> creator = Optional.empty();
    /** The pools that the packets are of; null while no queue was set up. */
    private Mempools mempools;

    /** {@code ring} creates a ring of {@value #CAPACITY} packets. */
    RingSet(String name, Supplier<LongRing> ring) {
        this.name = name;
        this.rings = Stream.generate(ring).limit(QUEUES).toArray(LongRing[]::new);
    }

    String name() {
        return name;
    }

    /** The ring of queue {@code index}, whose packets are of pools in {@code pools}. */
    synchronized LongRing ring(int index, Mempools pools) {
        mempools = pools;
        return rings[index];
    }

    /** The device that created the rings; empty if that is not attached. */
    Optional<String> creator() {
        return creator;
    }

    void creator(Optional<String> device) {
        creator = device;
    }

    /** Notes that one more port uses the rings, and whether it receives from them. */
    synchronized void join(boolean receives) {
        users++;
        receivers += receives ? 1 : 0;
    }

    /**
     * Notes that a port does not use the rings any more. Gives back the packets in them when no
     * port is left that receives.
     *
     * @return whether no port uses the rings now
     */
    synchronized boolean leave(boolean receives) {
        users--;
        receivers -= receives ? 1 : 0;
        if (receivers == 0 && mempools != null) {
            for (LongRing ring : rings) {
                drain(ring);
            }
        }
        return users == 0;
    }

    private void drain(LongRing ring) {
        long[] packets = new long[BATCH];
        int n = ring.poll(packets, 0, BATCH);
        while (n > 0) {
            mempools.uncached().free(packets, 0, n);
            n = ring.poll(packets, 0, BATCH);
        }
    }
}
