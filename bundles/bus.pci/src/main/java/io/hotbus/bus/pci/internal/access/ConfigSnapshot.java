// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.pci.internal.access;

import io.hotbus.os.LinuxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The contents of configuration space when the function was opened. Finds and reverts changes by
 * other programs. Source: Linux drivers/pci/pci.c, pci_restore_config_space.
 */
public final class ConfigSnapshot {
    private static final int BAR0 = 0x10;
    private static final int BARS = 6;
    /** The low byte of COMMAND when no device answers. */
    private static final int NO_ANSWER = 0xff;

    /** A BAR when no device answers: bits that are always zero are one. */
    private static final int NO_BAR = -1;

    private final int[] bars;
    private final OptionalInt power;
    /** False for a virtual function, whose bit is always 0 (SR-IOV specification, 3.4.1.3). */
    private final boolean decodes;

    private ConfigSnapshot(int[] bars, OptionalInt power, boolean decodes) {
        this.bars = bars;
        this.power = power;
        this.decodes = decodes;
    }

    /** Takes a snapshot of a function that is open and prepared. */
    public static ConfigSnapshot take(PciAccess access) throws LinuxException {
        int[] bars = new int[BARS];
        for (int i = 0; i < BARS; i++) {
            bars[i] = access.readConfig(BAR0 + Integer.BYTES * i, Integer.BYTES);
        }
        return new ConfigSnapshot(bars, ConfigSpace.powerManagement(access),
                ConfigSpace.decodesMemory(ConfigSpace.command(access)));
    }

    /**
     * Restores the power state, the BARs and memory decoding. Returns the changes that were found;
     * a change of bus mastering is among them, but is not reverted. Empty if no device answers.
     *
     * @param mastering whether the driver has turned bus mastering on
     */
    public List<String> restore(PciAccess access, boolean mastering) throws LinuxException {
        int command = ConfigSpace.command(access);
        if (command == NO_ANSWER) {
            return List.of();
        }
        List<String> changes = new ArrayList<>();
        if (ConfigSpace.wake(access, power)) {
            changes.add("its power state was not D0");
            command = ConfigSpace.command(access); // waking may have reset COMMAND
        }
        for (int i = 0; i < BARS; i++) {
            restoreBar(access, i).ifPresent(changes::add);
        }
        if (decodes && !ConfigSpace.decodesMemory(command)) {
            ConfigSpace.turnMemoryOn(access);
            changes.add("memory decoding was off");
        }
        if (mastering && !ConfigSpace.masters(command)) {
            changes.add("bus mastering was off");
        }
        return changes;
    }

    private Optional<String> restoreBar(PciAccess access, int index) throws LinuxException {
        int offset = BAR0 + Integer.BYTES * index;
        int now = access.readConfig(offset, Integer.BYTES);
        if (now == bars[index] || now == NO_BAR) {
            return Optional.empty();
        }
        access.writeConfig(offset, Integer.BYTES, bars[index]);
        return Optional.of("BAR%s was %#x instead of %#x".formatted(index, now, bars[index]));
    }
}
