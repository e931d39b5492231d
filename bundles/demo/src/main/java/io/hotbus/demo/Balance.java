// SPDX-License-Identifier: Apache-2.0
package io.hotbus.demo;

import io.hotbus.testpmd.Forwarder.Drained;

/**
 * What became of the packets of the ports that were not pulled out.
 *
 * <p>Their packets circulate: put on the transmit queues once, before forwarding starts, then
 * forwarded round and round. At the end forwarding is stopped, the wires run empty, and every
 * packet must lie in one of their receive queues. A packet is lost if the number it carries is not
 * found there, so one that was dropped anywhere counts as lost, and one that came twice does not
 * make up for another.
 *
 * @param injected  packets put on the transmit queues
 * @param found     packets found at the end
 * @param distinct  different packets among these
 * @param forwarded how often one of them was forwarded
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
