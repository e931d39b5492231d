// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.engine;

import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.MbufFlags;
import io.hotbus.ethdev.TxOffload;
import io.hotbus.testpmd.FwdStream;

/** Asks for the VLAN tag of {@code tx_vlan set} on packets that an engine has touched. */
final class VlanInsert {
    private VlanInsert() {
    }

    /** Marks the first {@code count} packets, if the port inserts tags. */
    static void mark(FwdStream stream, long[] mbufs, int count) {
        if (!stream.txPlan().txOffloads().contains(TxOffload.VLAN_INSERT)) {
            return;
        }
        for (int i = 0; i < count; i++) {
            mark(stream, mbufs[i]);
        }
    }

    private static void mark(FwdStream stream, long mbuf) {
        Mbuf.setFlags(mbuf, MbufFlags.TX_VLAN);
        Mbuf.setVlanTci(mbuf, stream.txPlan().txVlan());
    }
}
