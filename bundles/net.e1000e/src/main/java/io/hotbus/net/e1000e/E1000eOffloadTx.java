// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.e1000e;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.mem.DmaAllocator;
import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.MbufFlags;
import io.hotbus.eal.mem.MempoolCaches;
import io.hotbus.pmd.eth.QueueSetup;

/**
 * The transmit queue of a port with transmit offloads: extended descriptors. All descriptors of a
 * frame carry its requests: the data sheet reads them from the first, QEMU from the last.
 */
final class E1000eOffloadTx extends E1000eTxQueue {
    private static final long DATA = E1000eExtended.TX_DEXT | E1000eExtended.TX_DTYP_DATA
            | E1000eDescriptor.TX_IFCS;

    /** The requests of {@link MbufFlags} that the port was configured for. */
    private final long offered;
    private final E1000eContext context;

    /** See {@link E1000eTxQueue}. */
    E1000eOffloadTx(E1000eChip chip, QueueSetup setup, DmaAllocator allocator,
            E1000eOffloads offloads) throws DeviceException {
        super(chip, setup, allocator);
        this.offered = offloads.txRequests();
        this.context = new E1000eContext(offloads.txQueues() == 1);
    }

    @Override
    public int burst(MempoolCaches caches, long[] mbufs, int count) {
        complete(caches);
        int next = next();
        int taken = 0;
        int refused = 0;
        long bytes = 0;
        for (int room = free(); taken < count && room > 0; taken++) {
            long packet = mbufs[taken];
            long wanted = wanted(Mbuf.flags(packet));
            int segments = Mbuf.segments(packet);
            if (segments >= mask || lacksBytes(packet) || !E1000eContext.fits(packet, wanted)) {
                // The chip would stop there, or send something else.
                refuse(caches, packet);
                refused++;
                continue;
            }
            boolean another = context.prepare(packet, wanted);
            room -= segments + (another ? 1 : 0);
            if (room < 0) {
                break;
            }
            if (another) {
                next = writeContext(next);
            }
            if ((wanted & MbufFlags.TX_TCP_SEG) != 0) {
                E1000eTso.prepareHeaders(packet, (wanted & MbufFlags.TX_IP_CKSUM) != 0);
            }
            next = write(next, packet, segments, DATA | requests(packet, wanted));
            bytes += Mbuf.length(packet);
        }
        pass(next, taken - refused, bytes);
        return taken;
    }

    /** Frames that are cut get the checksum of IPv4, whether that is asked for or not. */
    private long wanted(long flags) {
        long wanted = flags & offered;
        return (wanted & MbufFlags.TX_TCP_SEG) == 0 ? wanted
                : (wanted & ~MbufFlags.TX_IP_CKSUM)
                        | ((flags & MbufFlags.TX_IPV4) != 0 ? MbufFlags.TX_IP_CKSUM : 0);
    }

    private static long requests(long packet, long wanted) {
        return ((wanted & MbufFlags.TX_VLAN) == 0 ? 0 : E1000eExtended.TX_VLE
                | (long) Mbuf.vlanTci(packet) << E1000eExtended.TX_VLAN_SHIFT)
                | ((wanted & MbufFlags.TX_TCP_SEG) != 0 ? E1000eExtended.TX_TSE : 0)
                | ((wanted & MbufFlags.TX_IP_CKSUM) != 0 ? E1000eExtended.TX_IXSM : 0)
                | ((wanted & E1000eContext.L4) != 0 ? E1000eExtended.TX_TXSM : 0);
    }

    private int writeContext(int index) {
        holdNothing(index);
        ring.write(index, context.first(), context.second()
                | (asksForReport(index) ? E1000eDescriptor.TX_RS : 0));
        context.written();
        return (index + 1) & mask;
    }

    /** The chip that was reset has forgotten the context. */
    @Override
    void prepare() {
        super.prepare();
        context.forget();
    }
}
