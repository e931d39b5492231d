// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd.intel;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.mem.DmaAllocator;
import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.eal.mem.MempoolCaches;
import io.hotbus.pmd.eth.QueueSetup;
import io.hotbus.pmd.eth.RxRing;
import io.hotbus.pmd.pci.NicQueue;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/**
 * A receive queue. A frame that does not fit in one buffer is a chain of segments. What is done
 * with the results in the descriptors is chosen when the queue is set up, so that a port without
 * offloads does not pay for them.
 */
@ProviderType
public abstract sealed class GigabitRxQueue extends RxRing implements NicQueue
        permits PlainRx, OffloadRx {
    /** The descriptors. */
    final GigabitRing ring;
    /** The chip writes at most so many bytes into a buffer. */
    final int bufferSize;
    /** Where a descriptor says what. */
    final RxFormat format;
    private final int index;
    private final RxWaker waker;

    /** See {@link AbstractGigabitQueues#rx}. */
    GigabitRxQueue(AbstractGigabitQueues queues, QueueSetup setup, DmaAllocator allocator,
            RxWaker waker) throws DeviceException {
        super(setup, queues.chip() + " receive queue " + setup.index());
        this.bufferSize = bufferSize(queues, setup.pool());
        this.index = setup.index();
        this.format = queues.rxFormat();
        this.waker = waker;
        this.ring = GigabitRing.allocate(
                queues, toString(), setup, queues.rxBlock(bufferSize), allocator);
    }

    private static int bufferSize(AbstractGigabitQueues queues, Mempool pool)
            throws DeviceException {
        int size = queues.bufferSize(pool.dataRoom());
        if (size == 0) {
            throw new DeviceException("%s: the buffers of mempool %s have %s bytes for data, and %s"
                    .formatted(queues.chip(), pool.name(), pool.dataRoom(), queues.minBuffer())
                    + " are the least it can receive into (2048 hold any frame of an MTU of 1500)");
        }
        return size;
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
        return (ring.word(descriptor) & format.done()) != 0;
    }

    /**
     * Handles a buffer that is no whole frame, or damaged.
     *
     * @param done the second word of its descriptor
     * @return the packet that ends in this buffer; 0: none
     */
    final long join(MempoolCaches caches, long mbuf, long done, int length) {
        boolean valid = length <= bufferSize && (done & format.damaged()) == 0;
        return join(caches, mbuf, valid ? length : 0, (done & format.ends()) != 0);
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
    final void prepare() throws DeviceException {
        ring.clear();
        ring.writeRegisters();
        fill();
    }

    /**
     * Enables the queue, which has no descriptors yet. Control threads.
     *
     * @throws DeviceException the device is gone or wedged
     */
    final void enable() throws DeviceException {
        ring.enable();
    }

    /** Passes the ring to the chip, which receives from now on. Control threads. */
    final void handOver() {
        ring.doorbell(next());
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
    final List<GigabitSetting> settings() {
        return ring.settings();
    }

    /** The chip writes at most so many bytes into a buffer. Any thread. */
    final int bufferSize() {
        return bufferSize;
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
