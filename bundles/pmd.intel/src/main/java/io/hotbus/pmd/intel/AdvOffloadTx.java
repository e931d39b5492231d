// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd.intel;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.mem.DmaAllocator;
import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.MbufFlags;
import io.hotbus.eal.mem.MempoolCaches;
import io.hotbus.pmd.eth.QueueSetup;

/**
 * The transmit queue of a port with transmit offloads. All descriptors of a frame carry its
 * requests.
 *
 * <p>A context descriptor cannot report. If the descriptor that should report is one, the data
 * descriptor after it reports in its place.
 */
final class AdvOffloadTx extends AdvTxQueue {
    /** The requests of {@link MbufFlags} that the port was configured for. */
    private final long offered;
    private final AdvContext context = new AdvContext();

    /** See {@link AdvTxQueue}. */
    AdvOffloadTx(AdvQueues queues, QueueSetup setup, DmaAllocator allocator)
            throws DeviceException {
        super(queues, setup, allocator);
        this.offered = queues.offloads().txRequests();
    }

    @Override
    public int burst(MempoolCaches caches, long[] mbufs, int count) {
        while (awaitsReport() && isSent(reporter())) {
            reported(caches);
        }
        int next = next();
        int taken = 0;
        int refused = 0;
        long bytes = 0;
        for (int room = free(); taken < count && room > 0; taken++) {
            long packet = mbufs[taken];
            long wanted = wanted(Mbuf.flags(packet));
            int segments = Mbuf.segments(packet);
            if (segments >= mask || lacksBytes(packet) || !AdvContext.fits(packet, wanted)) {
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
            if ((wanted & MbufFlags.TX_TCP_SEG) != 0) {
                TcpCut.prepareHeaders(packet, (wanted & MbufFlags.TX_IP_CKSUM) != 0);
            }
            next = writeAll(next, packet, another, DATA | requests(packet, wanted));
            bytes += Mbuf.length(packet);
        }
        pass(next, taken - refused, bytes);
        return taken;
    }

    /** The descriptor that reports for the oldest ones. */
    private int reporter() {
        int index = reporting();
        return buffers[index] == 0 ? (index + 1) & mask : index;
    }

    /** Frames that are cut get the checksum of IPv4, whether that is asked for or not. */
    private long wanted(long flags) {
        long wanted = flags & offered;
        return (wanted & MbufFlags.TX_TCP_SEG) == 0 ? wanted
                : (wanted & ~MbufFlags.TX_IP_CKSUM)
                        | ((flags & MbufFlags.TX_IPV4) != 0 ? MbufFlags.TX_IP_CKSUM : 0);
    }

    private static long requests(long packet, long wanted) {
        boolean cut = (wanted & MbufFlags.TX_TCP_SEG) != 0;
        long payload = Mbuf.length(packet) - (cut ? TcpCut.headers(packet) : 0);
        return payload << AdvDescriptor.TX_PAYLEN_SHIFT
                | ((wanted & MbufFlags.TX_VLAN) != 0 ? AdvDescriptor.TX_VLE : 0)
                | (cut ? AdvDescriptor.TX_TSE : 0)
                | ((wanted & MbufFlags.TX_IP_CKSUM) != 0 ? AdvDescriptor.TX_IXSM : 0)
                | ((wanted & AdvContext.L4) != 0 ? AdvDescriptor.TX_TXSM : 0);
    }

    /** Writes the descriptors of a packet, the first of which may be its context. */
    private int writeAll(int index, long packet, boolean another, long bits) {
        int next = index;
        boolean owesReport = false;
        if (another) {
            holdNothing(next);
            ring.write(next, context.first(), context.second());
            context.written();
            owesReport = asksForReport(next);
            next = (next + 1) & mask;
        }
        long segment = packet;
        for (int left = Mbuf.segments(packet); left > 0; left--) {
            write(next, segment, bits | (left == 1 ? AdvDescriptor.TX_EOP : 0)
                    | (owesReport || asksForReport(next) ? AdvDescriptor.TX_RS : 0));
            owesReport = false;
            next = (next + 1) & mask;
            segment = Mbuf.next(segment);
        }
        return next;
    }

    /** A chip that was reset has forgotten the context. */
    @Override
    public void prepare() {
        super.prepare();
        context.forget();
    }
}
