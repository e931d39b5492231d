// SPDX-License-Identifier: Apache-2.0
package io.hotbus.demo;

import io.hotbus.testpmd.Forwarder.Drained;

/**
 * Accounts for the packets of the ports that were not pulled out.
 *
 * <p>These packets circulate: they are put on the transmit queues once, before forwarding starts,
 * and are then forwarded again and again. At the end forwarding stops, the wires run empty, and
 * every packet must be in a receive queue of these ports. A packet is lost if its number is not
 * found there. Therefore a packet that was dropped anywhere counts as lost, and a duplicate does
 * not make up for another packet.
 *
 * @param injected  packets put on the transmit queues
 * @param found     packets found at the end
 * @param distinct  different packets among those found
 * @param forwarded the total number of times that packets were forwarded
 */
record Balance(long injected, long found, long distinct, long forwarded) {
    static Balance of(long injected, Drained drained, long forwarded) {
        return new Balance(injected, drained.packets(), drained.distinct(), forwarded);
    }

    long lost() {
        return injected - distinct;
    }

    long duplicated() {
        return found - distinct;
    }
}
