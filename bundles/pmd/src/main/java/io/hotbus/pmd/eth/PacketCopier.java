// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd.eth;

import io.hotbus.eal.io.RawMemory;
import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.eal.mem.MempoolCaches;

/** Copies packets into buffers of one pool. Thread of the queue. */
public final class PacketCopier {
    private final Mempool pool;
    private final long[] one = new long[1];

    /** Creates what copies into buffers of {@code pool}. */
    public PacketCopier(Mempool pool) {
        this.pool = pool;
    }

    /** Copies a packet with its metadata. Returns 0 if the pool lacks buffers for the copy. */
    public long copy(MempoolCaches caches, long packet) {
        long head = 0;
        long last = 0;
        long segment = packet;
        int at = 0;
        int left = Mbuf.length(packet);
        do {
            if (caches.of(pool).get(one, 0, 1) == 0
                    || head != 0 && Mbuf.segments(head) == Mbuf.MAX_COUNT) {
                giveUp(caches, head);
                return 0;
            }
            long fresh = one[0];
            one[0] = 0;
            int size = Math.min(left, pool.dataRoom());
            Mbuf.received(fresh, size, 0);
            for (int done = 0; done < size; ) {
                for (; at == Mbuf.segmentLength(segment); at = 0) {
                    segment = Mbuf.next(segment);
                }
                int n = Math.min(size - done, Mbuf.segmentLength(segment) - at);
                RawMemory.copy(Mbuf.data(segment) + at, Mbuf.data(fresh) + done, n);
                done += n;
                at += n;
            }
            if (head == 0) {
                head = fresh;
            } else {
                Mbuf.append(head, last, fresh);
            }
            last = fresh;
            left -= size;
        } while (left > 0);
        Mbuf.copyMetadata(packet, head);
        return head;
    }

    /** Gives back the copy so far, and the buffer that was taken last, if there is one. */
    private void giveUp(MempoolCaches caches, long head) {
        if (one[0] != 0) {
            caches.put(one, 0, 1);
        }
        if (head != 0) {
            one[0] = head;
            caches.free(one, 0, 1);
        }
        one[0] = 0;
    }
}
