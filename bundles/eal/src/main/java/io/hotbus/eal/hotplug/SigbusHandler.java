// SPDX-License-Identifier: Apache-2.0
package io.hotbus.eal.hotplug;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * Says whether a faulting address belongs to a device of its bus, and what the fault means. If it
 * means a removal, core publishes FAULT and reports the device to {@link HotUnplug}. Register it as
 * a service; handlers are asked in the order of {@code service.ranking}, highest first, until one
 * claims the fault. A fault that no handler claims is kept and offered to each handler that is
 * registered later.
 *
 * <p>Runs on {@code sigbus-dispatcher}, never in signal context: the access has been repaired
 * before. If a handler throws, the next one is asked. A handler claims every fault in a device that
 * is gone, not only the first. Source: DPDK {@code rte_bus_sigbus_handler_t}.
 */
@ConsumerType
@FunctionalInterface
public interface SigbusHandler {
    /**
     * Says whether {@code fault} is in a device of this bus, and what it means. Never returns null.
     */
    SigbusVerdict handleSigbus(SigbusFault fault);
}
