// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.e1000e;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The register values of a started chip, for detecting a reset or a write by another program. Each
 * start creates a new object.
 *
 * @param registers the values that were written and must not have changed
 * @param rx        the receive queues
 * @param tx        the transmit queues
 */
record E1000eSetup(
        List<Register> registers, List<E1000eRxQueue> rx, List<E1000eTxQueue> tx) {
    /** The bits {@code mask} of the register at {@code offset} must be {@code value}. */
    record Register(String name, long offset, int mask, int value) {
        static Register of(String name, long offset, int value) {
            return new Register(name, offset, -1, value);
        }

        void write(E1000eChip chip) {
            chip.write(offset, value);
        }

        boolean differs(int now) {
            return ((now ^ value) & mask) != 0;
        }
    }

    E1000eSetup {
        registers = List.copyOf(registers);
        rx = List.copyOf(rx);
        tx = List.copyOf(tx);
    }

    /**
     * Creates the setup after the registers {@code written} and the rings of these queues were
     * written.
     */
    static E1000eSetup of(
            List<Register> written, List<E1000eRxQueue> rx, List<E1000eTxQueue> tx) {
        List<Register> registers = new ArrayList<>(written);
        rx.forEach(queue -> registers.addAll(queue.registersWritten()));
        tx.forEach(queue -> registers.addAll(queue.registersWritten()));
        return new E1000eSetup(registers, rx, tx);
    }

    /** The first register with another value, for messages. */
    Optional<String> difference(E1000eChip chip) {
        for (Register register : registers) {
            int now = chip.read(register.offset());
            if (register.differs(now)) {
                return Optional.of("%s is %#x instead of %#x"
                        .formatted(register.name(), now, register.value()));
            }
        }
        return Optional.empty();
    }
}
