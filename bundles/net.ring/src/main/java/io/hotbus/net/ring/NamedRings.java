// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.ring;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.ring.MpmcRing;
import io.hotbus.net.ring.RingArgs.Node;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The rings that ports share, by name. Several lcores may use such a ring at once.
 *
 * <p>A port may attach to a ring before the port that creates it is there: after an update of this
 * driver, devices return in any order. Control threads.
 */
final class NamedRings {
    private static final Logger LOG = LoggerFactory.getLogger(NamedRings.class);

    /** Guarded by this. */
    private final Map<String, RingSet> sets = new HashMap<>();

    /**
     * Gives {@code device} the rings of a name.
     *
     * @throws DeviceException another device has created them already
     */
    synchronized RingSet join(String device, Node node, boolean receives) throws DeviceException {
        RingSet set = sets.getOrDefault(node.name(), new RingSet(node.name(),
                () -> new MpmcRing(RingSet.CAPACITY)));
        if (node.create()) {
            if (set.creator().isPresent()) {
                throw new DeviceException("%s: ring '%s' is created by %s already (%s:0:ATTACH)"
                        .formatted(device, node.name(), set.creator().get(), node.name()));
            }
            set.creator(Optional.of(device));
        } else if (set.creator().isEmpty()) {
            LOG.warn("{}: no device has created the ring '{}' yet: the link is down until then "
                    + "(nodeaction={}:0:CREATE)", device, node.name(), node.name());
        }
        sets.put(node.name(), set);
        set.join(receives);
        return set;
    }

    /** Takes the rings from {@code device}. */
    synchronized void leave(String device, RingSet set, boolean receives) {
        if (set.creator().filter(device::equals).isPresent()) {
            set.creator(Optional.empty());
        }
        if (set.leave(receives)) {
            sets.remove(set.name());
        }
    }
}
