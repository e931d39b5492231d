// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd.intel;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.mem.DmaAllocator;
import io.hotbus.eal.mem.Mbuf;
import io.hotbus.pmd.eth.QueueSetup;
import io.hotbus.pmd.eth.RxRing;
import io.hotbus.pmd.pci.NicQueue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/**
 * A receive queue. A frame that does not fit in one buffer is a chain of segments. What is done
 * with the results in the descriptors is chosen when the queue is set up, so that a port without
 * offloads does not pay for them.
 */
@ProviderType
public abstract sealed class AdvRxQueue extends RxRing implements NicQueue
        permits AdvPlainRx, AdvOffloadRx {
    private static final int UNIT = 1 << AdvLayout.SRRCTL_BSIZEPACKET_SHIFT;
    private static final int MAX_UNITS = 16;
    private static final int THRESHOLDS = AdvLayout.DCTL_PTHRESH_8 | AdvLayout.RXDCTL_HTHRESH_8;

    /** The descriptors. */
    final AdvRing ring;
    /** The chip writes at most so many bytes into a buffer. */
    final int bufferSize;
    private final int index;
    private final int srrctl;
    private final AdvWaker waker;

    /** See {@link AdvQueues#rx}. */
    AdvRxQueue(AdvQueues queues, QueueSetup setup, DmaAllocator allocator, AdvWaker waker)
            throws DeviceException {
        super(setup, queues.host() + " receive queue " + setup.index());
        int units = Math.min(MAX_UNITS, setup.pool().dataRoom() / UNIT);
        if (units == 0) {
            throw new DeviceException("%s: the buffers of mempool %s have %s bytes for data, and %s"
                    .formatted(queues.host(), setup.pool().name(), setup.pool().dataRoom(), UNIT)
                    + " are the least it can receive into (2048 hold any frame of an MTU of 1500)");
        }
        this.bufferSize = units * UNIT;
        this.index = setup.index();
        this.srrctl = units | AdvLayout.SRRCTL_DESCTYPE_ADV_ONE | queues.srrctl();
        this.waker = waker;
        this.ring = AdvRing.allocate(queues.host(), toString(), setup, "R",
                queues.layout().rx() + index * queues.layout().stride(), allocator);
    }

    @Override
    public final boolean wakeOnPacket(Runnable wake) {
        boolean armed = waker.arm(index, wake);
        if (armed && owned > 0 && isDone(first)) {
            waker.wake(index);
        }
        return armed;
    }

    private boolean isDone(int descriptor) {
        return (ring.word(descriptor) & AdvDescriptor.RX_DD) != 0;
    }

    @Override
    protected final void arm(int from, int count) {
        for (int i = 0; i < count; i++) {
            int at = (from + i) & mask;
            ring.write(at, Mbuf.receiveIova(buffers[at]), 0);
        }
    }

    @Override
    protected final void ringDoorbell(int tail) {
        ring.doorbell(tail);
    }

    /**
     * Fills the ring; the queue is not enabled yet. Control threads.
     *
     * @throws DeviceException there are too few buffers in the pool
     */
    public final void prepare() throws DeviceException {
        ring.clear();
        ring.writeRegisters();
        ring.write(AdvLayout.SRRCTL, srrctl);
        fill();
    }

    /**
     * Enables the queue, which has no descriptors yet. Control threads.
     *
     * @throws DeviceException the device is gone or wedged
     */
    public final void enable() throws DeviceException {
        ring.enable(THRESHOLDS);
    }

    /** Passes the ring to the chip, which receives from now on. Control threads. */
    public final void handOver() {
        ring.doorbell(next());
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

    /** RDT: it also stands still if no frame arrives, or the queue is not polled. */
    @Override
    public final long state() {
        return ring.tail();
    }

    @Override
    public final Optional<String> whyStuck(Duration limit) {
        return lacksReports()
                ? Optional.of("it has received frames, and has not reported them")
                : Optional.empty();
    }

    /** The registers that a started queue must find as they are now. Control threads. */
    final List<AdvSetting> settings() {
        List<AdvSetting> all = new ArrayList<>(ring.settings());
        all.add(ring.setting("SRRCTL", AdvLayout.SRRCTL, srrctl));
        return all;
    }

    /**
     * Whether the chip has passed a descriptor without reporting it, in a ring whose tail is
     * unchanged for long. The chip owns no descriptor from the tail to the head: each was done and
     * is not armed again. Only the descriptor at the tail may never have been armed.
     */
    private boolean lacksReports() {
        int tail = ring.tail();
        int head = ring.head();
        for (int i = (tail + 1) & mask; i != (head & mask); i = (i + 1) & mask) {
            if (!isDone(i)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public final void close() {
        super.close();
        ring.close();
    }
}
