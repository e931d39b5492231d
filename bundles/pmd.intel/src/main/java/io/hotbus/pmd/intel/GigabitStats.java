// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd.intel;

import io.hotbus.ethdev.EthStats;
import io.hotbus.pmd.RegisterCounters;
import io.hotbus.pmd.Registers;
import java.util.List;

/** The statistics registers, and the sums of them that every port has. Any thread. */
final class GigabitStats {
    private GigabitStats() {
    }

    /** The counters of a chip with these registers. */
    static RegisterCounters of(Registers registers) {
        return new RegisterCounters(registers, List.of(GigabitCounter.values()));
    }

    /** Adds missed packets and errors to the counts of the queues. The sums are those of DPDK. */
    static EthStats add(EthStats queues, RegisterCounters registers) {
        long missed = registers.sum(GigabitCounter.MPC);
        long rxErrors = registers.sum(GigabitCounter.CRCERRS, GigabitCounter.ALGNERRC,
                GigabitCounter.RXERRC, GigabitCounter.RLEC, GigabitCounter.CEXTERR);
        long txErrors = registers.sum(GigabitCounter.ECOL, GigabitCounter.LATECOL);
        return queues.plus(new EthStats(0, 0, rxErrors, missed, 0, 0, 0, txErrors));
    }
}
