// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.e1000e;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Detects that a started chip makes no progress, although its registers are as they were written.
 * The cause is that its requests to memory were refused for a while, for example during a reset by
 * another program that ended before the next look. Thread {@code interrupt}. Source of the idea:
 * the check for a hung transmit unit in Linux drivers/net/ethernet/intel/e1000e/netdev.c.
 */
final class E1000eProgress {
    /** Values of registers, and the time since which they are unchanged. */
    private final class Still {
        private long values;
        private long since;

        Still(long since) {
            this.since = since;
        }

        boolean longEnough(long valuesNow, long now) {
            if (values != valuesNow) {
                values = valuesNow;
                since = now;
            }
            return now - since >= limit.toNanos();
        }
    }

    private final Duration limit;
    private E1000eSetup of;
    private List<Still> transmit;
    private List<Still> receive;

    /** @param limit how long a queue stands still before it is examined */
    E1000eProgress(Duration limit) {
        this.limit = limit;
    }

    /**
     * Returns why the chip must be set up again, if it must. The chip is not stopped meanwhile.
     *
     * @param status the present value of STATUS
     */
    Optional<String> look(E1000eSetup setup, int status) {
        long now = System.nanoTime();
        if (setup != of) {
            of = setup;
            transmit = setup.tx().stream().map(queue -> new Still(now)).toList();
            receive = setup.rx().stream().map(queue -> new Still(now)).toList();
        }
        Optional<String> found = Optional.empty();
        for (int i = 0; i < transmit.size() && found.isEmpty(); i++) {
            found = lookAtTransmit(of.tx().get(i), transmit.get(i), status, now);
        }
        for (int i = 0; i < receive.size() && found.isEmpty(); i++) {
            found = lookAtReceive(of.rx().get(i), receive.get(i), now);
        }
        return found;
    }

    private Optional<String> lookAtTransmit(
            E1000eTxQueue queue, Still still, int status, long now) {
        int head = queue.head();
        int tail = queue.tail();
        if (!still.longEnough((long) head << Integer.SIZE | tail, now)) {
            return Optional.empty();
        }
        boolean maySend = (status & E1000eRegs.STATUS_LU) != 0
                && (status & E1000eRegs.STATUS_TXOFF) == 0;
        if (head != tail) {
            return maySend ? Optional.of("it has sent nothing for %s ms, with TDH %s and TDT %s"
                    .formatted(limit.toMillis(), head, tail)) : Optional.empty();
        }
        return queue.lacksReports()
                ? Optional.of("it has sent all there is, and has not reported that")
                : Optional.empty();
    }

    /** RDT also stands still if no frame arrives, or the queue is not polled. */
    private static Optional<String> lookAtReceive(E1000eRxQueue queue, Still still, long now) {
        return still.longEnough(queue.tail(), now) && queue.lacksReports()
                ? Optional.of("it has received frames, and has not reported them")
                : Optional.empty();
    }
}
