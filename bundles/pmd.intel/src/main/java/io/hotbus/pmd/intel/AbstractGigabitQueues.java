// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd.intel;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.mem.DmaAllocator;
import io.hotbus.ethdev.QueueLimits;
import io.hotbus.pmd.eth.QueueSetup;
import java.util.List;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Makes the queues of one device. What a family of chips has of its own is asked for when a queue
 * is set up, never in a burst. Control threads.
 */
@ConsumerType
public abstract class AbstractGigabitQueues {
    private static final int MIN_DESCRIPTORS = 64;
    private static final int MAX_DESCRIPTORS = 4096;
    /** So many packets share one write to the tail register, which is slow. */
    private static final int BURST = 32;

    private final AbstractGigabitFunction chip;
    private final QueueLayout layout;
    private final GigabitOffloads offloads;

    /**
     * Makes queues for a port.
     *
     * @param chip     the function that has the queues
     * @param layout   where their registers are
     * @param offloads what the port was configured for
     */
    protected AbstractGigabitQueues(AbstractGigabitFunction chip, QueueLayout layout,
            GigabitOffloads offloads) {
        this.chip = chip;
        this.layout = layout;
        this.offloads = offloads;
    }

    /** The limits of a device with so many queues in each direction. */
    public static QueueLimits limits(int queues) {
        return new QueueLimits(queues, MIN_DESCRIPTORS, MAX_DESCRIPTORS).withPreferredBurst(BURST);
    }

    /** Whether received packets come without any result of a check. */
    protected boolean isPlainRx() {
        return offloads.rx().isEmpty();
    }

    /** The descriptors of received frames. */
    protected abstract RxFormat rxFormat();

    /** The descriptors of frames to send. */
    protected abstract TxFormat txFormat();

    /** The context descriptors of a queue whose packets may ask for something. */
    protected abstract AbstractTxContext newContext();

    /** The least bytes of a buffer that the chip can receive into. */
    protected abstract int minBuffer();

    /** How many bytes the chip writes into a buffer of {@code dataRoom} bytes; 0: it is small. */
    protected abstract int bufferSize(int dataRoom);

    /** RXDCTL of a queue that works. */
    protected abstract int rxdctl();

    /** TXDCTL of a queue that works. */
    protected abstract int txdctl();

    /**
     * Registers of a receive queue that only this family has; the offsets are from RDBAL.
     *
     * @param bufferSize bytes that the chip writes into a buffer
     */
    protected List<GigabitSetting> rxSettings(int bufferSize) {
        return List.of();
    }

    /** Registers of a transmit queue that only this family has; the offsets are from TDBAL. */
    protected List<GigabitSetting> txSettings() {
        return List.of();
    }

    /** What the port was configured for. */
    protected final GigabitOffloads offloads() {
        return offloads;
    }

    final AbstractGigabitFunction chip() {
        return chip;
    }

    final QueueLayout layout() {
        return layout;
    }

    final GigabitRing.Block rxBlock(int bufferSize) {
        return new GigabitRing.Block("R", layout.rx(), rxdctl(), rxSettings(bufferSize));
    }

    final GigabitRing.Block txBlock() {
        return new GigabitRing.Block("T", layout.tx(), txdctl(), txSettings());
    }

    /**
     * Creates a receive queue, which is not enabled.
     *
     * @throws DeviceException the pool's buffers are too small, or the ring cannot be allocated
     */
    public final GigabitRxQueue rx(QueueSetup setup, DmaAllocator allocator, RxWaker waker)
            throws DeviceException {
        return isPlainRx() ? new PlainRx(this, setup, allocator, waker)
                : new OffloadRx(this, setup, allocator, waker);
    }

    /**
     * Creates a transmit queue, which is not enabled.
     *
     * @throws DeviceException the ring cannot be allocated
     */
    public final GigabitTxQueue tx(QueueSetup setup, DmaAllocator allocator)
            throws DeviceException {
        return offloads.tx().isEmpty() ? new PlainTx(this, setup, allocator)
                : new OffloadTx(this, setup, allocator);
    }

    /**
     * Fills the rings of queues that are not enabled, and tells the chip of them.
     *
     * @throws DeviceException there are too few buffers in a pool
     */
    public static void prepare(List<GigabitRxQueue> rx, List<GigabitTxQueue> tx)
            throws DeviceException {
        for (GigabitRxQueue queue : rx) {
            queue.prepare();
        }
        tx.forEach(GigabitTxQueue::prepare);
    }

    /**
     * Enables queues. Those that receive have no descriptors before {@link #handOver}.
     *
     * @throws DeviceException the device is gone or wedged
     */
    public static void enable(List<GigabitRxQueue> rx, List<GigabitTxQueue> tx)
            throws DeviceException {
        for (GigabitTxQueue queue : tx) {
            queue.enable();
        }
        for (GigabitRxQueue queue : rx) {
            queue.enable();
        }
    }

    /** Lets enabled queues receive. RDT must be written after RCTL.EN. */
    public static void handOver(List<GigabitRxQueue> rx) {
        rx.forEach(GigabitRxQueue::handOver);
    }
}
