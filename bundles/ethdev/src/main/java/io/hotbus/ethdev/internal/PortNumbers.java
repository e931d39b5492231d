// SPDX-License-Identifier: Apache-2.0
package io.hotbus.ethdev.internal;

import static io.hotbus.ethdev.PortRegistry.FIRST_CLAIMED;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.IntPredicate;

/**
 * Which port gets which id. A device that returns gets the id that it had. Guarded by the table of
 * the ports.
 */
final class PortNumbers {
    private final IntPredicate used;
    /** The device that uses an id, or used it last. */
    private final Map<Integer, String> lastDevices = new HashMap<>();
    /** The ids kept for a device that may not have been there yet. */
    private final Set<Integer> kept = new HashSet<>();

    /** Gives out ids that are not {@code used} by a port. */
    PortNumbers(IntPredicate used) {
        this.used = used;
    }

    /**
     * Takes the id that the device had before, so that devices which return after an update, in any
     * order, keep their ids; but not the id that a claimed port had, if nobody claims it any more.
     * Otherwise takes the first free id from {@code lowest} on.
     */
    int take(String device, int lowest) {
        int id = lastDevices.entrySet().stream()
                .filter(e -> e.getValue().equals(device) && isFor(e.getKey(), lowest))
                .map(Map.Entry::getKey).findFirst().orElseGet(() -> free(lowest));
        assign(id, device);
        return id;
    }

    private boolean isFor(int id, int lowest) {
        return !used.test(id) && id >= lowest && (lowest > 0 || id < FIRST_CLAIMED);
    }

    private int free(int lowest) {
        int id = lowest;
        while (used.test(id) || kept.contains(id)) {
            id++;
        }
        return id;
    }

    private void assign(int id, String device) {
        lastDevices.values().remove(device);
        lastDevices.put(id, device);
    }

    /** Keeps the id for the device. Returns false if it is used, or kept already. */
    boolean keep(int id, String device) {
        if (used.test(id) || !kept.add(id)) {
            return false;
        }
        assign(id, device);
        return true;
    }

    /** Ends what {@link #keep} began. */
    void release(int id) {
        kept.remove(id);
    }
}
