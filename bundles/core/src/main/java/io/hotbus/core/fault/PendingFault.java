// SPDX-License-Identifier: Apache-2.0
package io.hotbus.core.fault;

import io.hotbus.core.plugin.PlugIn;
import io.hotbus.eal.hotplug.SigbusFault;
import io.hotbus.eal.hotplug.SigbusHandler;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** A fault that is offered to the handlers until one claims it. The dispatcher's thread. */
final class PendingFault {
    private final WindowMapper.Claim claim;
    private final SigbusFault fault;
    private final Set<PlugIn<SigbusHandler>> asked = new HashSet<>();

    PendingFault(WindowMapper.Claim claim, SigbusFault fault) {
        this.claim = claim;
        this.fault = fault;
    }

    WindowMapper.Claim claim() {
        return claim;
    }

    SigbusFault fault() {
        return fault;
    }

    /** The {@code handlers} that were not asked about this fault yet. */
    List<PlugIn<SigbusHandler>> notAskedOf(List<PlugIn<SigbusHandler>> handlers) {
        asked.retainAll(handlers);
        return handlers.stream().filter(handler -> !asked.contains(handler)).toList();
    }

    void asked(PlugIn<SigbusHandler> handler) {
        asked.add(handler);
    }
}
