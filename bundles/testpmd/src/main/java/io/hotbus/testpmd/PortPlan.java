// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd;

import io.hotbus.ethdev.RxOffload;
import io.hotbus.ethdev.TxOffload;
import java.util.HashSet;
import java.util.Set;

/**
 * What is set on a port for forwarding, beside what the port itself keeps. It takes effect with the
 * next start of the port, and {@code setup} where the port is set up.
 *
 * @param rxOffloads what the device shall do with received packets
 * @param txOffloads what packets to be sent may ask the device for
 * @param txVlan     the VLAN tag that is inserted where VLAN_INSERT is among the transmit offloads
 * @param tsoSegment bytes of a segment of TCP packets that the engine {@code csum} lets the device
 *                   cut, where TCP_TSO is among the transmit offloads; 0: none are cut
 * @param setup      what differs from other ports
 */
public record PortPlan(Set<RxOffload> rxOffloads, Set<TxOffload> txOffloads, int txVlan,
        int tsoSegment, PortChoice setup) {
    /** No offloads, and set up as all ports are. */
    public static final PortPlan NONE = new PortPlan(Set.of(), Set.of(), 0, 0, PortChoice.NONE);

    /** Copies the sets. */
    public PortPlan {
        rxOffloads = Set.copyOf(rxOffloads);
        txOffloads = Set.copyOf(txOffloads);
    }

    /** Returns a copy with or without a receive offload. */
    public PortPlan with(RxOffload offload, boolean on) {
        return new PortPlan(
                changed(rxOffloads, offload, on), txOffloads, txVlan, tsoSegment, setup);
    }

    /** Returns a copy with or without a transmit offload. */
    public PortPlan with(TxOffload offload, boolean on) {
        return new PortPlan(
                rxOffloads, changed(txOffloads, offload, on), txVlan, tsoSegment, setup);
    }

    /** Returns a copy that inserts another VLAN tag. */
    public PortPlan withTxVlan(int tag) {
        return new PortPlan(rxOffloads, txOffloads, tag, tsoSegment, setup);
    }

    /** Returns a copy with another length of TCP segments. */
    public PortPlan withTsoSegment(int bytes) {
        return new PortPlan(rxOffloads, txOffloads, txVlan, bytes, setup);
    }

    /** Returns a copy that is set up otherwise. */
    public PortPlan withSetup(PortChoice choice) {
        return new PortPlan(rxOffloads, txOffloads, txVlan, tsoSegment, choice);
    }

    private static <E> Set<E> changed(Set<E> all, E one, boolean on) {
        Set<E> next = new HashSet<>(all);
        if (on) {
            next.add(one);
        } else {
            next.remove(one);
        }
        return next;
    }
}
