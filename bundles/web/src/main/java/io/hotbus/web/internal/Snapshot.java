// SPDX-License-Identifier: Apache-2.0
package io.hotbus.web.internal;

import io.hotbus.eal.hotplug.FaultCounts;
import io.hotbus.ethdev.EthStats;
import io.hotbus.ethdev.Link;
import io.hotbus.ethdev.Port;
import java.util.List;
import java.util.Optional;

/**
 * All that the page shows at one moment.
 *
 * @param version of the product
 * @param pid     of this process
 * @param nanos   when it was read, on the clock of {@link System#nanoTime}, for rates
 * @param devices devices on their buses, and the slots of simulated ones
 * @param ports   by number
 * @param lcores  by number
 * @param faults  since the start
 * @param forward whether there is an application that forwards packets
 * @param history another number than before: something has changed in the history of removals
 */
record Snapshot(String version, long pid, long nanos, List<DeviceRow> devices,
        List<PortRow> ports, List<LcoreRow> lcores, FaultCounts faults, boolean forward,
        long history) {
    /**
     * A device, or a slot of a simulated one.
     *
     * @param name    its name
     * @param bus     empty: it is on no bus
     * @param state   a {@code DeviceState}; of a slot {@code PLUGGED_IN} or {@code PULLED_OUT}
     * @param driver  of its port
     * @param port    the number of its port
     * @param yank    whether it can be pulled out here
     * @param plug    whether it can be plugged in here
     * @param onBus   whether it can be detached
     */
    record DeviceRow(String name, Optional<String> bus, String state, Optional<String> driver,
            Optional<Integer> port, boolean yank, boolean plug, boolean onBus) {
    }

    /**
     * An lcore.
     *
     * @param lcore        its number
     * @param runningNanos how long its thread has run
     * @param waitingNanos how long another thread ran in its place
     * @param busyNanos    how long it had packets; empty: no application says it
     */
    record LcoreRow(int lcore, long runningNanos, long waitingNanos, Optional<Long> busyNanos) {
    }

    /**
     * A port.
     *
     * @param id      its number
     * @param device  the name of its device
     * @param driver  of the device
     * @param mac     its address
     * @param mtu     in bytes
     * @param state   a {@code PortState}
     * @param removed whether its device is gone
     * @param owner   the port that uses it
     * @param link    the present link
     * @param rxQueues how many receive queues there are
     * @param txQueues how many transmit queues there are
     * @param stats   the counters
     */
    record PortRow(int id, String device, String driver, String mac, int mtu, String state,
            boolean removed, Optional<String> owner, Link link, int rxQueues, int txQueues,
            EthStats stats) {
        static PortRow of(Port port) {
            return new PortRow(port.id(), port.name(), port.info().driver(),
                    port.macAddress().toString(), port.mtu(), port.state().name(),
                    port.isRemoved(), port.owner(), port.link(), port.rxQueueCount(),
                    port.txQueueCount(), port.stats());
        }
    }
}
