// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.e1000e;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.mem.DmaAllocator;
import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.MempoolCaches;
import io.hotbus.pmd.eth.QueueSetup;
import io.hotbus.pmd.eth.TxRing;
import io.hotbus.pmd.pci.NicQueue;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A transmit queue. The format of its descriptors is chosen when the queue is set up, so that a
 * port without offloads does not pay for them.
 */
abstract class E1000eTxQueue extends TxRing implements NicQueue {
    /** The descriptors. */
    protected final E1000eRing ring;
    private final E1000eChip chip;

    /**
     * Creates the queue.
     *
     * @throws DeviceException the ring cannot be allocated
     */
    E1000eTxQueue(E1000eChip chip, QueueSetup setup, DmaAllocator allocator)
            throws DeviceException {
        super(setup, chip.device() + " transmit queue " + setup.index());
        this.chip = chip;
        this.ring = E1000eRing.allocate(
                chip, toString(), setup, "TD", E1000eRegs.TDBAL, allocator);
    }

    /** Gives back the buffers that the chip has reported as sent. */
    protected final void complete(MempoolCaches caches) {
        while (awaitsReport() && ring.isDone(reporting())) {
            reported(caches);
        }
    }

    /** Passes the {@code packets} in the descriptors before {@code next} to the chip. */
    protected final void pass(int next, int packets, long bytes) {
        int begin = next();
        if (next != begin) {
            owned += (next - begin) & mask;
            ring.doorbell(next);
            counters.add(packets, bytes);
        }
    }

    /**
     * Writes a descriptor for each segment from {@code index} on. Returns the next index.
     *
     * @param bits what the second word of each descriptor contains, besides length, EOP and RS
     */
    protected final int write(int index, long packet, int segments, long bits) {
        int next = index;
        long segment = packet;
        for (int left = segments; left > 0; left--) {
            long command = Mbuf.segmentLength(segment) | bits;
            if (left == 1) {
                command |= E1000eDescriptor.TX_EOP;
            }
            if (asksForReport(next)) {
                command |= E1000eDescriptor.TX_RS;
            }
            hold(next, segment);
            ring.write(next, Mbuf.dataIova(segment), command);
            next = (next + 1) & mask;
            segment = Mbuf.next(segment);
        }
        return next;
    }

    /** TDH and TDT. */
    @Override
    public final long state() {
        return (long) ring.head() << Integer.SIZE | ring.tail();
    }

    @Override
    public final boolean hasWorked(long before, long now) {
        return before >>> Integer.SIZE != now >>> Integer.SIZE;
    }

    @Override
    public final Optional<String> whyStuck(Duration limit) {
        int head = ring.head();
        int tail = ring.tail();
        if (head != tail) {
            return chip.maySend() ? Optional.of("it has sent nothing for %s ms, with TDH %s and "
                    .formatted(limit.toMillis(), head) + "TDT " + tail) : Optional.empty();
        }
        return lacksReports()
                ? Optional.of("it has sent all there is, and has not reported that")
                : Optional.empty();
    }

    final List<E1000eSetup.Register> registersWritten() {
        return ring.written();
    }

    /**
     * Whether the chip has passed a descriptor without the requested report, in a ring in which it
     * has passed all descriptors.
     */
    private boolean lacksReports() {
        for (int i = REPORT - 1; i <= mask; i += REPORT) {
            if ((ring.word(i) & E1000eDescriptor.TX_RS) != 0 && !ring.isDone(i)) {
                return true;
            }
        }
        return false;
    }

    /** Starts with an empty ring. Frames that were not sent before the last stop are lost. */
    void prepare() {
        returnBuffers();
        ring.clear();
        ring.writeRegisters(E1000eRegs.DCTL_GRAN | E1000eRegs.TXDCTL_COUNT_DESC);
    }

    @Override
    public final void close() {
        super.close();
        ring.close();
    }
}
