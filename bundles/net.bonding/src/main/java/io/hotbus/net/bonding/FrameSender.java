// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.bonding;

import io.hotbus.eal.io.RawMemory;
import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.eal.mem.MempoolCaches;
import java.util.Optional;

/** Sends frames of the bond itself through members. Control threads, one at a time. */
final class FrameSender {
    private final BondPaths paths;
    private final MempoolCaches caches;
    private Optional<Mempool> pool = Optional.empty();

    /**
     * Creates it, without buffers.
     *
     * @param caches those of no lcore
     */
    FrameSender(BondPaths paths, MempoolCaches caches) {
        this.paths = paths;
        this.caches = caches;
    }

    /** Takes buffers from there. */
    void setPool(Mempool buffers) {
        pool = Optional.of(buffers);
    }

    /** Sends a frame through the member of that number. Returns whether it is on its way. */
    boolean send(int member, byte[] frame) {
        long[] mbuf = new long[1];
        if (pool.isEmpty() || caches.of(pool.get()).get(mbuf, 0, 1) == 0) {
            return false;
        }
        Mbuf.reset(mbuf[0]);
        Mbuf.setLength(mbuf[0], frame.length);
        RawMemory.copy(frame, 0, Mbuf.data(mbuf[0]), frame.length);
        Mbuf.setUserData(mbuf[0], member);
        return pass(mbuf[0]);
    }

    /** Sends a packet through the member whose number is its user data; or gives it back. */
    boolean pass(long mbuf) {
        boolean passed = paths.sendSlowFrame(mbuf);
        if (!passed) {
            free(mbuf);
        }
        return passed;
    }

    void free(long mbuf) {
        caches.free(new long[] {mbuf}, 0, 1);
    }
}
