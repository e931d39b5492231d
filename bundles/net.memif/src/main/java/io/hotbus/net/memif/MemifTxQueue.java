// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.memif;

import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.MempoolCaches;
import io.hotbus.ethdev.TxQueue;
import io.hotbus.os.Linux;
import io.hotbus.os.LinuxException;
import io.hotbus.pmd.eth.PacketCopy;
import io.hotbus.pmd.eth.QueueSetup;

/**
 * Sends packets: copies them into the buffers of a ring. A packet that does not fit in one buffer
 * is a chain of descriptors; one that would not fit in the whole ring is counted as an error.
 */
final class MemifTxQueue extends MemifQueue implements TxQueue {
    private final Linux linux;
    /** The slot after the packet that was written last. */
    private int written;

    MemifTxQueue(QueueSetup setup, Linux linux) {
        super(setup);
        this.linux = linux;
    }

    @Override
    public int burst(MempoolCaches caches, long[] mbufs, int count) {
        Ring ring = enter();
        int sent = ring == null || ring.isBroken() ? 0 : send(ring, caches, mbufs, count);
        leave();
        return sent;
    }

    private int send(Ring ring, MempoolCaches caches, long[] mbufs, int count) {
        int begin = ring.next();
        int end = begin + ring.free();
        int slot = begin;
        int taken = 0;
        int refused = 0;
        long bytes = 0;
        for (; taken < count && slot < end; taken++) {
            long packet = mbufs[taken];
            long word = ring.capacity(slot);
            int length = Mbuf.length(packet);
            if (Mbuf.segments(packet) == 1 && length > 0 && length <= Ring.length(word)) {
                long buffer = ring.buffer(slot, word);
                if (buffer == 0) {
                    break;
                }
                PacketCopy.bytes(Mbuf.data(packet), buffer, length);
                ring.fill(slot, word, length, false);
                slot++;
            } else if (length == 0 || !spread(ring, packet, slot, end)) {
                refused++;
                continue;
            } else if (written == slot) {
                break;
            } else {
                slot = written;
            }
            bytes += length;
        }
        finish(ring, slot, taken - refused, bytes);
        if (taken > 0) {
            caches.free(mbufs, 0, taken);
        }
        if (refused > 0 || ring.isBroken()) {
            counters.addErrors(ring.isBroken() ? refused + 1 : refused);
        }
        return taken;
    }

    private void finish(Ring ring, int slot, int packets, long bytes) {
        if (packets == 0) {
            return;
        }
        ring.publish(slot);
        counters.add(packets, bytes);
        if (ring.wantsInterrupt()) {
            try {
                linux.signal(ring.eventfd());
            } catch (LinuxException e) {
                ring.tell(Lie.Kind.EVENTFD, slot, e.errno(), 0);
            }
        }
    }

    /**
     * Writes a packet into as many buffers as it needs. Sets {@link #written} to the slot after it,
     * or to {@code slot} if there are not enough buffers now, or a descriptor lies.
     *
     * @return false if the packet would not fit in the whole ring
     */
    private boolean spread(Ring ring, long packet, int slot, int end) {
        written = slot;
        int at = slot;
        long word = ring.capacity(at);
        long buffer = ring.room(at, word);
        int used = 0;
        long segment = packet;
        for (int left = Mbuf.segments(packet); left > 0; left--) {
            int bytes = Mbuf.segmentLength(segment);
            for (int done = 0; done < bytes; ) {
                if (buffer != 0 && used == Ring.length(word)) {
                    ring.fill(at, word, used, true);
                    if (++at == end) {
                        return end - slot < ring.size();
                    }
                    word = ring.capacity(at);
                    buffer = ring.room(at, word);
                    used = 0;
                }
                if (buffer == 0) {
                    return true;
                }
                int part = Math.min(Ring.length(word) - used, bytes - done);
                PacketCopy.bytes(Mbuf.data(segment) + done, buffer + used, part);
                used += part;
                done += part;
            }
            segment = Mbuf.next(segment);
        }
        ring.fill(at, word, used, false);
        written = at + 1;
        return true;
    }
}
