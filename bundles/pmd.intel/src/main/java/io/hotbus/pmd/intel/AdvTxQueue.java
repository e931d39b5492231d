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
public abstract sealed class AdvTxQueue extends TxRing implements NicQueue
        permits AdvPlainTx, AdvOffloadTx {
    /** What the second word of each data descriptor contains. */
    static final long DATA = AdvDescriptor.TX_DEXT | AdvDescriptor.TX_DTYP_DATA
            | AdvDescriptor.TX_IFCS;
    private static final int THRESHOLDS = AdvLayout.DCTL_PTHRESH_8 | AdvLayout.TXDCTL_HTHRESH_1;

    /** The descriptors. */
    final AdvRing ring;
    private final AdvHost host;

    /** See {@link AdvQueues#tx}. */
    AdvTxQueue(AdvQueues queues, QueueSetup setup, DmaAllocator allocator)
            throws DeviceException {
        super(setup, queues.host() + " transmit queue " + setup.index());
        this.host = queues.host();
        this.ring = AdvRing.allocate(host, toString(), setup, "T",
                queues.layout().tx() + setup.index() * queues.layout().stride(), allocator);
    }

    /** Whether the chip has reported that it has sent what descriptor {@code index} holds. */
    final boolean isSent(int index) {
        return (ring.word(index) & AdvDescriptor.TX_DD) != 0;
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

    /** Writes one data descriptor. */
    final void write(int index, long segment, long bits) {
        hold(index, segment);
        ring.write(index, Mbuf.dataIova(segment), Mbuf.segmentLength(segment) | bits);
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
            return host.maySend() ? Optional.of("it has sent nothing for %s ms, with TDH %s and "
                    .formatted(limit.toMillis(), head) + "TDT " + tail) : Optional.empty();
        }
        return lacksReports()
                ? Optional.of("it has sent all there is, and has not reported that")
                : Optional.empty();
    }

    /** The registers that a started queue must find as they are now. Control threads. */
    final List<AdvSetting> settings() {
        return ring.settings();
    }

    /**
     * Whether the chip has passed a descriptor without the requested report, in a ring in which it
     * has passed all descriptors.
     */
    private boolean lacksReports() {
        for (int i = 0; i <= mask; i++) {
            if ((ring.word(i) & AdvDescriptor.TX_RS) != 0 && !isSent(i)) {
                return true;
            }
        }
        return false;
    }

    /**
     * Starts with an empty ring; the queue is not enabled yet. Frames that were not sent before the
     * last stop are lost. Control threads.
     */
    public void prepare() {
        returnBuffers();
        ring.clear();
        ring.writeRegisters();
        ring.write(AdvLayout.TDWBAL, 0);
        ring.write(AdvLayout.TDWBAH, 0);
    }

    /**
     * Enables the queue. Control threads.
     *
     * @throws DeviceException the device is gone or wedged
     */
    public final void enable() throws DeviceException {
        ring.enable(THRESHOLDS);
    }

    /** Begins to disable the queue. Control threads. */
    public final void disable() {
        ring.disable();
    }

    /**
     * Waits until the chip no longer uses the ring. Control threads.
     *
     * @throws DeviceException the device is gone or wedged
     */
    public final void requireDisabled() throws DeviceException {
        ring.requireDisabled();
    }

    @Override
    public final void close() {
        super.close();
        ring.close();
    }
}
