// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.e1000e;

import java.time.Duration;
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

        boolean longEnough(long valuesNow, long now) {
            if (values != valuesNow) {
                values = valuesNow;
                since = now;
            }
            return now - since >= limit.toNanos();
        }
    }

    private final E1000eChip chip;
    private final Duration limit;
    private E1000eSetup of;
    private Still transmit;
    private Still receive;

    /** @param limit how long a queue stands still before it is examined */
    E1000eProgress(E1000eChip chip, Duration limit) {
        this.chip = chip;
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
            transmit = new Still();
            receive = new Still();
            transmit.since = now;
            receive.since = now;
        }
        return lookAtTransmit(status, now).or(() -> lookAtReceive(now));
    }

    private Optional<String> lookAtTransmit(int status, long now) {
        int head = chip.read(E1000eRegs.TDH);
        int tail = chip.read(E1000eRegs.TDT);
        if (!transmit.longEnough((long) head << Integer.SIZE | tail, now)) {
            return Optional.empty();
        }
        boolean maySend = (status & E1000eRegs.STATUS_LU) != 0
                && (status & E1000eRegs.STATUS_TXOFF) == 0;
        if (head != tail) {
            return maySend ? Optional.of("it has sent nothing for %s ms, with TDH %s and TDT %s"
                    .formatted(limit.toMillis(), head, tail)) : Optional.empty();
        }
        return of.tx().lacksReports()
                ? Optional.of("it has sent all there is, and has not reported that")
                : Optional.empty();
    }

    /** RDT also stands still if no frame arrives, or the queue is not polled. */
    private Optional<String> lookAtReceive(long now) {
        int head = chip.read(E1000eRegs.RDH);
        int tail = chip.read(E1000eRegs.RDT);
        return receive.longEnough(tail, now) && of.rx().lacksReports(head, tail)
                ? Optional.of("it has received frames, and has not reported them")
                : Optional.empty();
    }
}
