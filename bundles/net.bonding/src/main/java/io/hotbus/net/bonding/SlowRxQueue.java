// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.bonding;

import io.hotbus.eal.io.RawMemory;
import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.MempoolCaches;
import io.hotbus.eal.ring.SpscRing;
import io.hotbus.ethdev.QueueCounters;
import io.hotbus.ethdev.RxQueue;

/**
 * A receive queue of a member in mode 4: takes frames of LACP and markers out, for the control
 * thread, and drops the packets of a member that does not collect. Thread of the queue.
 */
final class SlowRxQueue implements RxQueue {
    /** Frames that wait for the control thread, for each queue of the bond. */
    static final int FRAMES = 64;
    /** LACP is subtype 1, a marker 2. */
    static final int MARKER = 2;
    private static final int TYPE = 12;
    private static final short SLOW_TYPE = Short.reverseBytes((short) LacpPdu.ETHER_TYPE);

    private final RxQueue queue;
    private final int member;
    private final boolean collecting;
    private final SpscRing frames;
    private final QueueCounters dropped;
    private final long[] one = new long[1];

    /**
     * Creates the queue.
     *
     * @param queue      the driver's
     * @param member     the number of the member, which becomes the user data of frames
     * @param collecting whether packets are for the application
     * @param frames     takes the frames of LACP
     * @param dropped    counts as errors what is dropped
     */
    SlowRxQueue(RxQueue queue, int member, boolean collecting, SpscRing frames,
            QueueCounters dropped) {
        this.queue = queue;
        this.member = member;
        this.collecting = collecting;
        this.frames = frames;
        this.dropped = dropped;
    }

    @Override
    public int burst(MempoolCaches caches, long[] mbufs, int count) {
        int received = queue.burst(caches, mbufs, count);
        int kept = 0;
        for (int i = 0; i < received; i++) {
            long mbuf = mbufs[i];
            if (isSlow(mbuf)) {
                takeOut(caches, mbuf);
            } else if (collecting) {
                mbufs[kept++] = mbuf;
            } else {
                drop(caches, mbuf);
            }
        }
        return kept;
    }

    private static boolean isSlow(long mbuf) {
        long data = Mbuf.data(mbuf);
        if (RawMemory.getShort(data + TYPE) != SLOW_TYPE
                || Mbuf.segmentLength(mbuf) <= LacpPdu.SUBTYPE) {
            return false;
        }
        int subtype = RawMemory.getByte(data + LacpPdu.SUBTYPE);
        return subtype == LacpPdu.LACP || subtype == MARKER;
    }

    private void takeOut(MempoolCaches caches, long mbuf) {
        Mbuf.setUserData(mbuf, member);
        one[0] = mbuf;
        if (frames.offer(one, 0, 1) == 0) {
            drop(caches, mbuf);
        }
    }

    private void drop(MempoolCaches caches, long mbuf) {
        one[0] = mbuf;
        caches.free(one, 0, 1);
        dropped.addErrors(1);
    }
}
