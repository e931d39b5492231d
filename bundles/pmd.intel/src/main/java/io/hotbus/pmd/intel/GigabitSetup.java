// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd.intel;

import io.hotbus.pmd.pci.NicQueue;
import io.hotbus.pmd.pci.NicSetup;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The register values of a started device, for detecting a reset or a write by another program.
 *
 * @param chip     the device
 * @param settings the values that must not have changed
 * @param queues   its queues
 */
public record GigabitSetup(AbstractGigabitFunction chip, List<GigabitSetting> settings,
        List<NicQueue> queues) implements NicSetup {
    /** Copies the lists, without settings of no bits. */
    public GigabitSetup {
        settings = settings.stream().filter(setting -> setting.mask() != 0).toList();
        queues = List.copyOf(queues);
    }

    /** Creates the setup of a device with the settings {@code own} and these started queues. */
    public static GigabitSetup of(AbstractGigabitFunction chip, List<GigabitSetting> own,
            List<GigabitRxQueue> rx, List<GigabitTxQueue> tx) {
        List<GigabitSetting> settings = new ArrayList<>(own);
        rx.forEach(queue -> settings.addAll(queue.settings()));
        tx.forEach(queue -> settings.addAll(queue.settings()));
        return new GigabitSetup(chip, settings,
                Stream.<NicQueue>concat(tx.stream(), rx.stream()).toList());
    }

    /** The first register with another value. */
    @Override
    public Optional<String> difference() {
        for (GigabitSetting setting : settings) {
            int now = chip.read(setting.offset());
            if (setting.differs(now)) {
                return Optional.of("%s is %#x instead of %#x"
                        .formatted(setting.name(), now, setting.value()));
            }
        }
        return Optional.empty();
    }
}
