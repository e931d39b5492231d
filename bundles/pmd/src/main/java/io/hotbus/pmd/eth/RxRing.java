// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd.eth;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.MempoolCache;
import io.hotbus.eal.mem.MempoolCaches;
import io.hotbus.ethdev.RxQueue;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * The buffers of a receive ring: each descriptor that holds one belongs to the device, which fills
 * the buffers in order. The burst belongs to the driver: it {@linkplain #take takes} what is done,
 * and {@linkplain #refill refills} at its end.
 *
 * <p>One descriptor always stays empty, since a tail equal to the head means an empty ring.
 */
@ConsumerType
public abstract non-sealed class RxRing extends RingQueue implements RxQueue {
    /** Descriptors are filled again this many at a time. DPDK: {@code rx_free_thresh}. */
    protected static final int REFILL = 32;

    /** The number to mark received packets with. */
    protected final int portId;
    private final long[] fresh = new long[REFILL];
    /** The frame that goes on in the next buffer, and its last segment so far; or 0. */
    private long head;
    private long last;
    /** The frame that goes on in the next buffer is damaged. */
    private boolean damaged;

    /** {@code label} names the device and the queue. */
    protected RxRing(QueueSetup setup, String label) {
        super(setup, label);
        this.portId = setup.portId();
    }

    /** Writes descriptors for the buffers from {@code index} on, {@code count} of them. */
    protected abstract void arm(int index, int count);

    /** Tells the device that the descriptors before {@code tail} are its own now. */
    protected abstract void ringDoorbell(int tail);

    /** Takes the buffer of the next descriptor, which the device has done. */
    protected final long take() {
        long mbuf = buffers[first];
        first = (first + 1) & mask;
        owned--;
        return mbuf;
    }

    /** Whether the buffer that was taken last begins a frame. */
    protected final boolean begins() {
        return head == 0;
    }

    /**
     * Takes a buffer that is not a whole frame, or is damaged.
     *
     * @param length bytes in the buffer, which it has room for; 0 where it is damaged
     * @param ends   whether the frame ends in it
     * @return the packet, where the frame has ended and is whole; else 0. A damaged frame is given
     *     back and counted as one error where it ends.
     */
    protected final long join(MempoolCaches caches, long mbuf, int length, boolean ends) {
        Mbuf.received(mbuf, length, portId);
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

    /** The frame that was not complete goes, too. */
    @Override
    protected final void returnBuffers() {
        super.returnBuffers();
        if (head != 0) {
            pool().mempools().uncached().free(new long[] {head}, 0, 1);
        }
        head = 0;
        damaged = false;
    }

    /** Fills what is empty, {@value #REFILL} descriptors at a time, and rings the doorbell. */
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
     * Fills the ring from its first descriptor on; rings no doorbell. Buffers that were in the ring
     * go back: all are alike. Control threads; the device does not use the ring.
     *
     * @return the tail to hand over when the device may receive
     * @throws DeviceException the pool has too few buffers; none is in the ring
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
