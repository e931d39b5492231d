// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd.eth;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.MempoolCache;
import io.hotbus.eal.mem.MempoolCaches;
import io.hotbus.ethdev.RxQueue;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Keeps the buffers of a receive ring. Each descriptor with a buffer belongs to the device, which
 * fills the buffers in order. The driver implements the burst, which {@linkplain #take takes} the
 * filled buffers and {@linkplain #refill refills} the ring at its end.
 *
 * <p>One descriptor always stays empty, since a tail equal to the head means an empty ring.
 */
@ConsumerType
public abstract non-sealed class RxRing extends RingQueue implements RxQueue {
    /** The number of descriptors to refill at a time. DPDK: {@code rx_free_thresh}. */
    protected static final int REFILL = 32;

    /** The port number to write into received packets. */
    protected final int portId;
    private final long[] fresh = new long[REFILL];
    /** The incomplete frame that continues in the next buffer, and its last segment; or 0. */
    private long head;
    private long last;
    /** Whether the incomplete frame is damaged. */
    private boolean damaged;

    /** {@code label} names the device and the queue. */
    protected RxRing(QueueSetup setup, String label) {
        super(setup, label);
        this.portId = setup.portId();
    }

    /** Writes the descriptors of the {@code count} buffers from {@code index} on. */
    protected abstract void arm(int index, int count);

    /** Tells the device that it now owns the descriptors before {@code tail}. */
    protected abstract void ringDoorbell(int tail);

    /** Takes the buffer of the next descriptor, which the device has filled. */
    protected final long take() {
        long mbuf = buffers[first];
        first = (first + 1) & mask;
        owned--;
        return mbuf;
    }

    /** Whether the buffer taken last begins a frame. */
    protected final boolean begins() {
        return head == 0;
    }

    /**
     * Appends a buffer to the incomplete frame. For buffers that hold a part of a frame, or are
     * damaged.
     *
     * @param length the number of bytes in the buffer, at most its size; 0 if it is damaged
     * @param ends   whether the frame ends in this buffer
     * @return the packet if the frame has ended and is whole, else 0. A damaged frame is given back
     *     and counted as one error when it ends.
     */
    protected final long join(MempoolCaches caches, long mbuf, int length, boolean ends) {
        return join(caches, mbuf, 0, length, ends);
    }

    /**
     * Does {@link #join(MempoolCaches, long, int, boolean)} for data that begins {@code early}
     * bytes before the end of the headroom.
     */
    protected final long join(
            MempoolCaches caches, long mbuf, int early, int length, boolean ends) {
        Mbuf.received(mbuf, early, length, portId);
        damaged |= length == 0;
        if (head == 0) {
            head = mbuf;
        } else if (Mbuf.segments(head) == Mbuf.MAX_COUNT) {
            damaged = true;
            caches.freeSegment(mbuf);
            mbuf = last;
        } else {
            Mbuf.append(head, last, mbuf);
        }
        last = mbuf;
        if (!ends) {
            return 0;
        }
        long packet = head;
        head = 0;
        if (damaged) {
            damaged = false;
            counters.addErrors(1);
            fresh[0] = packet;
            caches.free(fresh, 0, 1);
            return 0;
        }
        return packet;
    }

    /** Gives back the incomplete frame, too. */
    @Override
    protected final void returnBuffers() {
        super.returnBuffers();
        if (head != 0) {
            pool().mempools().uncached().free(new long[] {head}, 0, 1);
        }
        head = 0;
        damaged = false;
    }

    /** Refills empty descriptors, {@value #REFILL} at a time, and rings the doorbell. */
    protected final void refill(MempoolCaches caches) {
        if (mask - owned < REFILL) {
            return;
        }
        MempoolCache cache = caches.of(pool());
        int got = REFILL;
        int before = owned;
        while (got == REFILL && mask - owned >= REFILL) {
            got = cache.get(fresh, 0, REFILL);
            add(got);
        }
        if (got < REFILL) {
            counters.addNoMbuf();
        }
        if (owned != before) {
            ringDoorbell(next());
        }
    }

    private void add(int count) {
        int index = next();
        for (int i = 0; i < count; i++) {
            buffers[(index + i) & mask] = fresh[i];
        }
        arm(index, count);
        owned += count;
    }

    /**
     * Fills the ring from its first descriptor on, without ringing the doorbell. First gives back
     * the buffers that are in the ring. Control threads, while the device does not use the ring.
     *
     * @return the tail to give the device when it may receive
     * @throws DeviceException the pool has too few buffers; the ring holds none
     */
    protected final int fill() throws DeviceException {
        returnBuffers();
        while (owned < mask) {
            int got = pool().getPatiently(toString(), fresh, 0, Math.min(REFILL, mask - owned));
            if (got == 0) {
                int missing = mask - owned;
                returnBuffers();
                throw new DeviceException("%s: mempool %s lacks %s of the %s buffers it needs"
                        .formatted(this, pool().name(), missing, mask));
            }
            add(got);
        }
        return owned;
    }
}
