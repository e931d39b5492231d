// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.igbvf;

import io.hotbus.pmd.intel.GigabitSetup;
import io.hotbus.pmd.pci.NicQueue;
import io.hotbus.pmd.pci.NicSetup;
import java.util.List;
import java.util.Optional;

/**
 * What a start has set up. While the physical function is down or being reset, nothing can be set
 * up: the port has no link until the physical function works again.
 *
 * @param mailbox   says what the physical function does
 * @param registers the registers of the queues, which a reset of the physical function changes
 */
record VfSetup(VfMailbox mailbox, GigabitSetup registers) implements NicSetup {
    @Override
    public Optional<String> difference() {
        return mailbox.isResetting() ? Optional.empty()
                : mailbox.whyLost().or(registers::difference).filter(why -> !mailbox.isResetting());
    }

    @Override
    public List<NicQueue> queues() {
        return registers.queues();
    }
}
