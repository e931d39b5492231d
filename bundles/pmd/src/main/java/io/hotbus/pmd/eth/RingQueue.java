// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd.eth;

import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.ethdev.QueueCounters;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Keeps the buffers of a receive or transmit ring. The {@code owned} descriptors from {@code first}
 * on each hold a buffer of the queue, or {@link #NO_BUFFER}; the others hold none.
 *
 * <p>Control threads while the queue is stopped; the burst of a started queue runs on an lcore.
 */
@ProviderType
public abstract sealed class RingQueue permits RxRing, TxRing {
    /** Stands in {@link #buffers} for a descriptor that is used without a buffer. */
    static final long NO_BUFFER = 0;

    /** The number of descriptors minus one, to wrap an index with. */
    protected final int mask;
    /** The buffers, by descriptor; valid only for descriptors that hold a buffer. */
    protected final long[] buffers;
    /** Counts what the queue has received or sent. */
    protected final QueueCounters counters;
    /** The descriptor of the oldest buffer in the ring. */
    protected int first;
    /** How many buffers are in the ring. */
    protected int owned;

    private final Mempool pool;
    private final String label;

    /** {@code label} names the device and the queue. */
    RingQueue(QueueSetup setup, String label) {
        this.mask = setup.descriptors() - 1;
        this.buffers = new long[setup.descriptors()];
        this.counters = setup.counters();
        this.pool = setup.pool();
        this.label = label;
    }

    /** The pool that the buffers of the queue come from. */
    public final Mempool pool() {
        return pool;
    }

    /** The first descriptor without a buffer. */
    protected final int next() {
        return (first + owned) & mask;
    }

    /**
     * Gives all buffers back. The device must no longer be able to reach them. Control threads.
     */
    protected void returnBuffers() {
        long[] mbuf = new long[1];
        for (; owned > 0; owned--) {
            mbuf[0] = buffers[first];
            if (mbuf[0] != NO_BUFFER && Mbuf.release(mbuf[0])) {
                pool.put(mbuf, 0, 1);
            }
            first = (first + 1) & mask;
        }
        first = 0;
    }

    /**
     * Gives all buffers back; a driver that holds memory for the ring frees this memory here, too.
     * The device must no longer be able to reach either. Control threads. Idempotent.
     */
    public void close() {
        returnBuffers();
    }

    /** The label, which names the device and the queue. */
    @Override
    public final String toString() {
        return label;
    }
}
