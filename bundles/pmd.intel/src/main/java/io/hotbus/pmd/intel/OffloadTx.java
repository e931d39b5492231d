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
 * requests: the data sheet of the 82574 reads them from the first, QEMU from the last.
 *
 * <p>A context descriptor of the 82576 cannot report. If the descriptor that should report is one,
 * the data descriptors after it report in its place.
 */
final class OffloadTx extends GigabitTxQueue {
    /** The requests of {@link MbufFlags} that the port was configured for. */
    private final long offered;
    private final AbstractTxContext context;

    /** See {@link GigabitTxQueue}. */
    OffloadTx(AbstractGigabitQueues queues, QueueSetup setup, DmaAllocator allocator)
            throws DeviceException {
        super(queues, setup, allocator);
        this.offered = queues.offloads().txRequests();
        this.context = queues.newContext();
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
            if (segments >= mask || lacksBytes(packet) || !context.fits(packet, wanted)) {
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
            long bits = context.requests(packet, wanted);
            if (another) {
                bits |= asksForReport(next) ? RS : 0;
                next = writeContext(next);
            }
            next = write(next, packet, segments, bits);
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

    /** Writes the context that was computed last. */
    private int writeContext(int index) {
        holdNothing(index);
        ring.write(index, context.first(), context.second());
        context.written();
        return (index + 1) & mask;
    }

    /** A chip that was reset has forgotten the context. */
    @Override
    void prepare() {
        super.prepare();
        context.forget();
    }
}
