// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.e1000e;

import io.hotbus.pmd.pci.NicQueue;
import io.hotbus.pmd.pci.NicSetup;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The register values of a started chip, for detecting a reset or a write by another program.
 *
 * @param chip      the chip
 * @param registers the values that were written and must not have changed
 * @param queues    its queues
 */
record E1000eSetup(E1000eChip chip, List<Register> registers, List<NicQueue> queues)
        implements NicSetup {
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
        queues = List.copyOf(queues);
    }

    /**
     * Creates the setup after the registers {@code written} and the rings of these queues were
     * written.
     */
    static E1000eSetup of(E1000eChip chip, List<Register> written, List<E1000eRxQueue> rx,
            List<E1000eTxQueue> tx) {
        List<Register> registers = new ArrayList<>(written);
        rx.forEach(queue -> registers.addAll(queue.registersWritten()));
        tx.forEach(queue -> registers.addAll(queue.registersWritten()));
        List<NicQueue> queues = new ArrayList<>(tx);
        queues.addAll(rx);
        return new E1000eSetup(chip, registers, queues);
    }

    /** The first register with another value. */
    @Override
    public Optional<String> difference() {
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
