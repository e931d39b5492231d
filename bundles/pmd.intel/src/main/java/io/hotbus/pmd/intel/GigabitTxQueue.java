// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd.intel;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.mem.DmaAllocator;
import io.hotbus.eal.mem.Mbuf;
import io.hotbus.pmd.eth.QueueSetup;
import io.hotbus.pmd.eth.TxRing;
import io.hotbus.pmd.pci.NicQueue;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/**
 * A transmit queue. Whether packets may ask for offloads is chosen when the queue is set up, so
 * that a port without offloads does not pay for them.
 */
@ProviderType
public abstract sealed class GigabitTxQueue extends TxRing implements NicQueue
        permits PlainTx, OffloadTx {
    /** The frame ends in the buffer. */
    static final long EOP = 1L << 24;
    /** Report by {@link #DD}. */
    static final long RS = 1L << 27;
    /** The chip has sent the frame. */
    static final long DD = 1L << 32;

    /** The descriptors. */
    final GigabitRing ring;
    private final AbstractGigabitFunction chip;

    /** See {@link AbstractGigabitQueues#tx}. */
    GigabitTxQueue(AbstractGigabitQueues queues, QueueSetup setup, DmaAllocator allocator)
            throws DeviceException {
        super(setup, queues.chip() + " transmit queue " + setup.index());
        this.chip = queues.chip();
        this.ring = GigabitRing.allocate(queues, toString(), setup, queues.txBlock(), allocator);
    }

    /** Whether the chip has reported that it has sent what descriptor {@code index} holds. */
    final boolean isSent(int index) {
        return (ring.word(index) & DD) != 0;
    }

    /** Passes the {@code packets} in the descriptors before {@code next} to the chip. */
    final void pass(int next, int packets, long bytes) {
        int begin = next();
        if (next != begin) {
            owned += (next - begin) & mask;
            ring.doorbell(next);
            counters.add(packets, bytes);
        }
    }

    /**
     * Writes a data descriptor for each segment from {@code index} on. Returns the next index.
     *
     * @param bits what the second word of each descriptor contains, besides length, EOP and RS
     */
    final int write(int index, long packet, int segments, long bits) {
        int next = index;
        long segment = packet;
        for (int left = segments; left > 1; left--) {
            next = write(next, segment, bits);
            segment = Mbuf.next(segment);
        }
        return write(next, segment, bits | EOP);
    }

    private int write(int index, long segment, long bits) {
        long command = Mbuf.segmentLength(segment) | bits;
        if (asksForReport(index)) {
            command |= RS;
        }
        hold(index, segment);
        ring.write(index, Mbuf.dataIova(segment), command);
        return (index + 1) & mask;
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

    /** The registers that a started queue must find as they are now. Control threads. */
    final List<GigabitSetting> settings() {
        return ring.settings();
    }

    /**
     * Whether the chip has passed a descriptor without the requested report, in a ring in which it
     * has passed all descriptors.
     */
    private boolean lacksReports() {
        for (int i = 0; i <= mask; i++) {
            if ((ring.word(i) & RS) != 0 && !isSent(i)) {
                return true;
            }
        }
        return false;
    }

    /**
     * Starts with an empty ring; the queue is not enabled yet. Frames that were not sent before the
     * last stop are lost. Control threads.
     */
    void prepare() {
        returnBuffers();
        ring.clear();
        ring.writeRegisters();
    }

    /**
     * Enables the queue. Control threads.
     *
     * @throws DeviceException the device is gone or wedged
     */
    final void enable() throws DeviceException {
        ring.enable();
    }

    @Override
    public final void close() {
        super.close();
        ring.close();
    }
}
