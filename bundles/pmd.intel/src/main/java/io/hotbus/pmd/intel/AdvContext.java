// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd.intel;

import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.MbufFlags;

/**
 * The advanced context descriptors, which hold the lengths of headers. The chip keeps two contexts
 * for each queue, of which this driver uses the first.
 */
final class AdvContext extends AbstractTxContext {
    private static final Limits LIMITS = new Limits(127, 511, Integer.MAX_VALUE);

    AdvContext() {
        super(AdvQueues.TX, LIMITS, true);
    }

    @Override
    protected void compute(long packet, long wanted) {
        long l2 = (wanted & CHECKSUMS) != 0 ? Mbuf.l2Length(packet) : ETHERNET;
        long first = l2 << AdvDescriptor.MACLEN_SHIFT;
        long second = AdvDescriptor.DEXT | AdvDescriptor.DTYP_CONTEXT;
        if ((wanted & CHECKSUMS) != 0) {
            first |= (long) Mbuf.l3Length(packet) << AdvDescriptor.IPLEN_SHIFT;
            second |= ((wanted & TCP) != 0 ? AdvDescriptor.TUCMD_TCP : 0)
                    | ((wanted & MbufFlags.TX_IP_CKSUM) != 0
                            || (Mbuf.flags(packet) & MbufFlags.TX_IPV4) != 0
                            ? AdvDescriptor.TUCMD_IPV4 : 0);
        }
        if ((wanted & MbufFlags.TX_TCP_SEG) != 0) {
            second |= (long) Mbuf.l4Length(packet) << AdvDescriptor.L4LEN_SHIFT
                    | (long) Mbuf.tsoSegmentSize(packet) << AdvDescriptor.MSS_SHIFT;
        }
        if ((wanted & MbufFlags.TX_VLAN) != 0) {
            first |= (long) Mbuf.vlanTci(packet) << AdvDescriptor.VLAN_SHIFT;
        }
        set(first, second);
    }
}
