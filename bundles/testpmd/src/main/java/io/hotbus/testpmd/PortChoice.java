// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd;

import io.hotbus.ethdev.MacAddress;
import io.hotbus.ethdev.RssConfig;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What one port is set up with instead of what all ports have; files of a deployment choose it.
 *
 * @param queues       its queues; empty: those of all ports
 * @param rss          how packets are spread over its receive queues
 * @param mtu          in bytes; empty: as of all ports, or as the device came
 * @param promiscuous  whether frames for other addresses are received; empty: as the device came
 * @param allMulticast whether frames for all groups are received; empty: as the device came
 * @param address      its own address; empty: that of the device
 * @param stopped      whether it stays stopped when it is set up
 */
public record PortChoice(Optional<QueueSetup> queues, RssConfig rss, OptionalInt mtu,
        Optional<Boolean> promiscuous, Optional<Boolean> allMulticast,
        Optional<MacAddress> address, boolean stopped) {
    /** As all ports are. */
    public static final PortChoice NONE = new PortChoice(Optional.empty(), RssConfig.OFF,
            OptionalInt.empty(), Optional.empty(), Optional.empty(), Optional.empty(), false);

    /** Returns a copy with other queues. */
    public PortChoice withQueues(QueueSetup setup) {
        return new PortChoice(Optional.of(setup), rss, mtu, promiscuous, allMulticast, address,
                stopped);
    }
}
