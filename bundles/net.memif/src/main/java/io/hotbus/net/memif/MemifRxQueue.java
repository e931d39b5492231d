// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.memif;

import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.eal.mem.MempoolCache;
import io.hotbus.eal.mem.MempoolCaches;
import io.hotbus.ethdev.RxQueue;
import io.hotbus.net.memif.Joiner.Added;
import io.hotbus.pmd.eth.PacketCopy;
import io.hotbus.pmd.eth.QueueSetup;

/**
 * Receives packets: copies them out of the buffers of a ring. A frame of several descriptors, or
 * one that does not fit in a buffer of the pool, is a chain.
 */
final class MemifRxQueue extends MemifQueue implements RxQueue {
    private static final int READ_AHEAD = 64;

    private final Mempool pool;
    private final int port;
    private final int room;
    private final Joiner joiner;
    /** The first words of the descriptors that were read ahead. */
    private final long[] words = new long[READ_AHEAD];
    /** The slot after the packet that was joined last. */
    private int joined;
    /** Whether the packet that was joined last lacked buffers. */
    private boolean starved;

    MemifRxQueue(QueueSetup setup) {
        super(setup);
        this.pool = setup.pool();
        this.port = setup.portId();
        this.room = pool.dataRoom();
        this.joiner = new Joiner(pool, port);
    }

    @Override
    public int burst(MempoolCaches caches, long[] mbufs, int count) {
        Ring ring = enter();
        int received = ring == null || ring.isBroken() ? 0
                : receive(ring, caches.of(pool), mbufs, count);
        leave();
        return received;
    }

    private int receive(Ring ring, MempoolCache cache, long[] mbufs, int count) {
        int filled = ring.filled();
        if (filled == 0) {
            offerAgain(ring);
            return 0;
        }
        int wanted = Math.min(count, filled);
        int got = cache.get(mbufs, 0, wanted);
        if (got < wanted) {
            counters.addNoMbuf();
        }
        int received = 0;
        long bytes = 0;
        int first = ring.next();
        int read = ring.words(first, words, got);
        int slot = first;
        int end = slot + filled;
        while (received < got && slot < end) {
            long mbuf = mbufs[received];
            long word = slot - first < read ? words[slot - first] : ring.word(slot);
            int length = Ring.length(word);
            if (!Ring.hasNext(word) && length > 0 && length <= room) {
                long buffer = ring.buffer(slot, word);
                if (buffer == 0) {
                    break;
                }
                PacketCopy.bytes(buffer, mbuf + Mbuf.HEADER + Mbuf.HEADROOM, length);
                Mbuf.received(mbuf, length, port);
                slot++;
            } else {
                length = join(ring, cache, mbuf, slot, end);
                if (joined == slot && starved && got > received + 1) {
                    // The packet may have the buffers of those after it.
                    cache.put(mbufs, received + 1, got - received - 1);
                    got = received + 1;
                    continue;
                }
                if (joined == slot) {
                    break;
                }
                slot = joined;
            }
            received += length > 0 ? 1 : 0;
            bytes += length;
        }
        cache.put(mbufs, received, got - received);
        if (ring.isBroken()) {
            counters.addErrors(1);
        }
        ring.consumed(slot);
        counters.add(received, bytes);
        return received;
    }

    /** For a ring without packets: offers its buffers, in case none is offered. */
    private void offerAgain(Ring ring) {
        if (ring.isBroken()) {
            counters.addErrors(1);
        } else if (ring.offersNone()) {
            ring.consumed(ring.next());
        }
    }

    /**
     * Receives a packet of several descriptors, or of several segments. Sets {@link #joined} to the
     * slot after it, or to {@code slot} if the packet stays where it is.
     *
     * @return its length; 0 if there is no packet, so that {@code mbuf} is still free
     */
    private int join(Ring ring, MempoolCache cache, long mbuf, int slot, int end) {
        joined = slot;
        starved = false;
        int last = lastOfChain(ring, slot, end);
        if (last == end) {
            return 0;
        }
        // The peer may change the descriptors meanwhile: of the first look only the end is kept.
        joiner.begin(mbuf);
        Added added = Added.YES;
        for (int i = slot; i <= last && added == Added.YES; i++) {
            long word = ring.word(i);
            long buffer = ring.buffer(i, word);
            if (buffer == 0) {
                joiner.drop(cache);
                return 0;
            }
            added = joiner.add(cache, buffer, Ring.length(word));
        }
        starved = added == Added.NO_BUFFER;
        if (starved) {
            counters.addNoMbuf();
            joiner.drop(cache);
            return 0; // the packet is received when there are buffers again
        }
        joined = last + 1;
        ring.unchain(slot, last);
        int length = added == Added.YES ? joiner.end() : 0;
        if (length == 0) {
            counters.addErrors(1);
            joiner.drop(cache);
        }
        return length;
    }

    /**
     * Returns the last slot of the chain that begins at {@code slot}, or {@code end} if the chain
     * is not complete: its rest may follow, unless the ring is full.
     */
    private static int lastOfChain(Ring ring, int slot, int end) {
        int last = slot;
        while (Ring.hasNext(ring.word(last))) {
            if (++last == end) {
                if (end - slot == ring.size()) {
                    ring.tell(Lie.Kind.CHAIN, slot, 0, 0);
                }
                return end;
            }
        }
        return last;
    }
}
