// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.e1000e;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a started chip was set up with, so that a reset or a write by another program is found. Each
 * start makes a new one.
 *
 * @param registers what was written and has to be there still
 * @param rx        the receive queue
 * @param tx        the transmit queue
 */
record E1000eSetup(List<Register> registers, E1000eRxQueue rx, E1000eTxQueue tx) {
    /** The bits {@code mask} of the register at {@code offset} were written as {@code value}. */
    record Register(String name, long offset, int mask, int value) {
        static Register of(String name, long offset, int value) {
            return new Register(name, offset, -1, value);
        }
    }

    E1000eSetup {
        registers = List.copyOf(registers);
    }

    /** After these values were written to RCTL and TCTL, and the rings of these queues. */
    static E1000eSetup of(int rctl, int tctl, E1000eRxQueue rx, E1000eTxQueue tx) {
        List<Register> registers = new ArrayList<>(List.of(
                new Register("CTRL", E1000eRegs.CTRL,
                        E1000eRegs.CTRL_SLU | E1000eRegs.CTRL_GIO_MASTER_DISABLE,
                        E1000eRegs.CTRL_SLU),
                new Register("RCTL", E1000eRegs.RCTL, E1000eRegs.RCTL_WRITTEN, rctl),
                new Register("TCTL", E1000eRegs.TCTL,
                        E1000eRegs.TCTL_EN | E1000eRegs.TCTL_PSP, tctl)));
        registers.addAll(rx.registersWritten());
        registers.addAll(tx.registersWritten());
        return new E1000eSetup(registers, rx, tx);
    }

    /** The first register that holds something else, for words. */
    Optional<String> difference(E1000eChip chip) {
        for (Register register : registers) {
            int now = chip.read(register.offset());
            if (((now ^ register.value()) & register.mask()) != 0) {
                return Optional.of("%s is %#x instead of %#x"
                        .formatted(register.name(), now, register.value()));
            }
        }
        return Optional.empty();
    }
}
