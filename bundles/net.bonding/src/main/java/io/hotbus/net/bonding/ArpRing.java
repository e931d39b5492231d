// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.bonding;

import io.hotbus.eal.ring.SpscRing;

/**
 * What lcores see of ARP in mode 6, for the control thread. One thread adds at a time, and one
 * takes. What does not fit is lost: the peer sends to the member that it knows until it asks again.
 */
final class ArpRing {
    private static final int SIGHTINGS = 256;
    private static final int LONGS = 4;
    private static final int OPERATION_SHIFT = 48;
    private static final long MAC = (1L << OPERATION_SHIFT) - 1;

    /** Takes what was seen. */
    @FunctionalInterface
    interface Taker {
        /**
         * Takes one sighting.
         *
         * @param operation {@link Arp#REPLY}: the peer was told an address; {@link Arp#REQUEST}:
         *     all peers have seen it
         * @param client    the peer's Ethernet address
         * @param ip        the own IPv4 address
         * @param clientIp  the peer's
         * @param tags      see {@link Arp#tags}
         * @param told      the Ethernet address that was told
         */
        void take(int operation, long client, int ip, int clientIp, long tags, long told);
    }

    private final SpscRing ring = new SpscRing(LONGS * SIGHTINGS);
    private final long[] in = new long[LONGS];
    private final long[] out = new long[LONGS];

    /** Adds a sighting, see {@link Taker#take}. */
    void add(int operation, long client, int ip, int clientIp, long tags, long told) {
        in[0] = (long) operation << OPERATION_SHIFT | client;
        in[1] = (long) ip << Integer.SIZE | Integer.toUnsignedLong(clientIp);
        in[2] = tags;
        in[3] = told;
        ring.offer(in, 0, LONGS); // all or nothing, because the capacity is a multiple
    }

    /** Takes all. */
    void takeAll(Taker taker) {
        while (ring.poll(out, 0, LONGS) == LONGS) {
            taker.take((int) (out[0] >>> OPERATION_SHIFT), out[0] & MAC,
                    (int) (out[1] >>> Integer.SIZE), (int) out[1], out[2], out[3]);
        }
    }
}
