// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd.members;

import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.MempoolCaches;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.QueueCounters;
import java.util.List;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * The packets of a transmit queue that wait to be sent again, in order: a member has taken them and
 * has not reported them as sent. Thread of the queue, or a control thread that keeps it out.
 */
public final class WaitingPackets {
    /** Packets that are sent again in one burst. */
    private static final int CHUNK = 64;

    private final QueueCounters sentAgain;
    /** {@code count} of them from {@code head} on. */
    private final long[] packets;
    private final long[] chunk = new long[CHUNK];
    private int head;
    private int count;

    /** Takes packets back from a member. */
    @ConsumerType
    @FunctionalInterface
    public interface Source {
        /**
         * Puts at most {@code count} packets to the front of {@code mbufs}, the oldest first.
         *
         * @return how many
         */
        int take(long[] mbufs, int count);
    }

    /** Takes back packets from any member. */
    @ConsumerType
    @FunctionalInterface
    public interface Taker {
        /**
         * Puts at most {@code count} packets of {@code member} to the front of {@code mbufs}, the
         * oldest first.
         *
         * @return how many
         */
        int take(Port member, long[] mbufs, int count);
    }

    /** Sends packets through a member. */
    @ConsumerType
    @FunctionalInterface
    public interface Sender {
        /**
         * Sends packets. Those that were taken come to the front of {@code mbufs}.
         *
         * @return how many were taken
         */
        int send(long[] mbufs, int count);
    }

    /**
     * Creates it without packets.
     *
     * @param capacity  how many packets can wait
     * @param sentAgain counts the packets that are sent again
     */
    public WaitingPackets(int capacity, QueueCounters sentAgain) {
        this.packets = new long[capacity];
        this.sentAgain = sentAgain;
    }

    /** Whether none waits. Any other thread may see a former answer. */
    public boolean isEmpty() {
        return count == 0;
    }

    /** Has what {@code source} gives wait before all others. */
    public void putFirst(Source source) {
        int end = packets.length - count;
        System.arraycopy(packets, head, packets, end, count);
        int taken = source.take(packets, end);
        System.arraycopy(packets, end, packets, taken, count);
        head = 0;
        count += taken;
    }

    /**
     * Sends what waits, until a member does not take all of a burst.
     *
     * @return whether none waits now
     */
    public boolean send(Sender sender) {
        boolean took = true;
        while (count > 0 && took) {
            int part = Math.min(CHUNK, count);
            System.arraycopy(packets, head, chunk, 0, part);
            long bytes = bytes(0, part);
            int sent = sender.send(chunk, part);
            System.arraycopy(chunk, sent, packets, head + sent, part - sent);
            sentAgain.add(sent, bytes - bytes(sent, part));
            head += sent;
            count -= sent;
            took = sent == part;
        }
        return count == 0;
    }

    private long bytes(int begin, int end) {
        long bytes = 0;
        for (int i = begin; i < end; i++) {
            bytes += Mbuf.length(chunk[i]);
        }
        return bytes;
    }

    /**
     * Gives away what waits, after what members have not sent: for a port that stands on this one
     * and lets go of it. A control thread, while there are no bursts.
     *
     * @param members those that may have packets of the queue
     * @param taker   takes them back
     * @return how many packets are at the front of {@code mbufs} now, {@code most} at most
     */
    public int takeBack(List<Port> members, Taker taker, long[] mbufs, int most) {
        int taken = 0;
        for (Port port : members) {
            long[] part = new long[most - taken];
            int more = taker.take(port, part, part.length);
            System.arraycopy(part, 0, mbufs, taken, more);
            taken += more;
        }
        int more = Math.min(count, most - taken);
        System.arraycopy(packets, head, mbufs, taken, more);
        head += more;
        count -= more;
        return taken + more;
    }

    /** Frees what waits; returns how many. A control thread, while there are no bursts. */
    public int discard(MempoolCaches caches) {
        int discarded = count;
        caches.free(packets, head, count);
        head = 0;
        count = 0;
        return discarded;
    }
}
