// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.e1000e;

import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.MbufFlags;
import io.hotbus.pmd.intel.AbstractTxContext;
import io.hotbus.pmd.intel.TcpCut;

/**
 * The context descriptors of one transmit queue, which hold the places of headers and checksums.
 * The chip keeps the last one, of whichever queue. Source: 82574 data sheet, sections 7.2.6 and
 * 7.2.10.
 */
final class E1000eContext extends AbstractTxContext {
    private static final int IPV4_CHECKSUM = 10;
    private static final int TCP_CHECKSUM = 16;
    private static final int UDP_CHECKSUM = 6;
    /** The offsets of a context have eight bits. */
    private static final Limits LIMITS = new Limits(255, 255, 255);

    /** {@code kept}: whether the chip keeps the context of this queue. */
    E1000eContext(boolean kept) {
        super(E1000eQueues.EXTENDED_TX, LIMITS, kept);
    }

    @Override
    protected void compute(long packet, long wanted) {
        long l2 = Mbuf.l2Length(packet);
        long l4 = l2 + Mbuf.l3Length(packet);
        boolean tcp = (wanted & TCP) != 0;
        long first = l2 << E1000eDescriptor.IPCSS_SHIFT
                | l2 + IPV4_CHECKSUM << E1000eDescriptor.IPCSO_SHIFT
                | l4 << E1000eDescriptor.TUCSS_SHIFT
                | l4 + (tcp ? TCP_CHECKSUM : UDP_CHECKSUM) << E1000eDescriptor.TUCSO_SHIFT;
        long second = E1000eDescriptor.TX_DEXT | (tcp ? E1000eDescriptor.TX_TUCMD_TCP : 0);
        if ((wanted & MbufFlags.TX_TCP_SEG) != 0) {
            long headers = TcpCut.headers(packet);
            // PAYLEN is in the lowest bits.
            second |= Mbuf.length(packet) - headers | E1000eDescriptor.TX_TSE
                    | headers << E1000eDescriptor.TX_HDRLEN_SHIFT
                    | (long) Mbuf.tsoSegmentSize(packet) << E1000eDescriptor.TX_MSS_SHIFT;
        }
        if ((wanted & MbufFlags.TX_IP_CKSUM) != 0) {
            first |= l4 - 1 << E1000eDescriptor.IPCSE_SHIFT;
            second |= E1000eDescriptor.TX_TUCMD_IP;
        }
        set(first, second);
    }
}
