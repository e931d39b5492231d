// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.ring;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.ring.SpscRing;
import io.hotbus.net.ring.RingArgs.Node;
import java.util.List;
import java.util.Optional;

/**
 * The rings that one port receives from, and those that it sends to; they may be the same. Control
 * threads.
 *
 * @param receive the rings to receive from
 * @param send    the rings to send to
 * @param leave   ends the use of the rings
 */
record RingPair(RingSet receive, RingSet send, Runnable leave) {
    /**
     * Finds or creates the rings of {@code device}.
     *
     * @throws DeviceException as {@link NamedRings#join}; no ring is used then
     */
    static RingPair of(String device, RingArgs args, NamedRings named) throws DeviceException {
        List<Node> nodes = args.nodes();
        if (nodes.isEmpty()) {
            RingSet own = new RingSet(device, () -> new SpscRing(RingSet.CAPACITY));
            own.creator(Optional.of(device));
            own.join(true);
            return new RingPair(own, own, () -> own.leave(true));
        }
        RingSet receive = named.join(device, nodes.get(0), true);
        Runnable leaveReceive = () -> named.leave(device, receive, true);
        if (nodes.size() == 1) {
            return new RingPair(receive, receive, leaveReceive);
        }
        try {
            RingSet send = named.join(device, nodes.get(1), false);
            return new RingPair(receive, send, () -> {
                leaveReceive.run();
                named.leave(device, send, false);
            });
        } catch (DeviceException e) {
            leaveReceive.run();
            throw e;
        }
    }

    /** Whether the devices that create the rings are attached. */
    boolean isComplete() {
        return receive.creator().isPresent() && send.creator().isPresent();
    }
}
