// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testkit;

import io.hotbus.eal.io.RawMemory;
import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.ethdev.Port;

/** Makes and checks frames whose length and bytes follow from a number. Thread of the queue. */
public final class Frames {
    /** Bytes of the shortest frame, without the checksum. */
    public static final int MIN_LENGTH = 60;
    /** The number of different lengths, up to 1514 bytes. */
    private static final int LENGTHS = 1455;
    private static final int BURST = 32;

    private Frames() {
    }

    /** The length of a frame: 60 to 1514 bytes, in an order that mixes short and long frames. */
    public static int length(long number) {
        return MIN_LENGTH + (int) (number * 769 % LENGTHS);
    }

    private static byte octet(long number, int index) {
        return (byte) (number * 31 + index * 7 + (index >> 8));
    }

    /** Writes the frame {@code number} into a buffer. */
    public static void write(long mbuf, long number) {
        final int length = length(number);
        final long data = Mbuf.data(mbuf);
        Mbuf.setLength(mbuf, length);
        for (int i = 0; i < length; i++) {
            RawMemory.putByte(data + i, octet(number, i));
        }
    }

    /** Whether a packet, with any segments, equals the frame {@code number} in every byte. */
    public static boolean isIntact(long mbuf, long number) {
        boolean intact = Mbuf.length(mbuf) == length(number);
        long segment = mbuf;
        int index = 0;
        for (int left = Mbuf.segments(mbuf); left > 0; left--) {
            final long data = Mbuf.data(segment);
            for (int i = 0; i < Mbuf.segmentLength(segment); i++) {
                intact &= RawMemory.getByte(data + i) == octet(number, index++);
            }
            segment = Mbuf.next(segment);
        }
        return intact && index == length(number);
    }

    /** Like {@link #send(Port, int, Mempool, long, int)}, on queue 0. */
    public static int send(Port port, Mempool pool, long from, int count) {
        return send(port, 0, pool, from, count);
    }

    /**
     * Sends the frames with the numbers {@code from} to {@code from + count - 1} in buffers of
     * {@code pool}.
     *
     * @return the number of frames that the queue took; the other buffers are back in the pool
     */
    public static int send(Port port, int queue, Mempool pool, long from, int count) {
        final long[] mbufs = new long[count];
        final int got = pool.get(mbufs, 0, count);
        for (int i = 0; i < got; i++) {
            write(mbufs[i], from + i);
        }
        final int sent = port.txQueue(queue).burst(pool.mempools().uncached(), mbufs, got);
        pool.put(mbufs, sent, got - sent);
        return sent;
    }

    /**
     * Receives a burst of at most {@code most} frames, whose numbers begin with {@code expected},
     * and gives their buffers back to {@code pool}.
     *
     * @return the number of the frame that is expected next
     * @throws AssertionError a frame is not the expected one, or its buffer names another port
     */
    public static long receive(Port port, int queue, Mempool pool, long expected, int most) {
        final long[] mbufs = new long[most];
        final int got = port.rxQueue(queue).burst(pool.mempools().uncached(), mbufs, most);
        for (int i = 0; i < got; i++) {
            if (!isIntact(mbufs[i], expected + i) || Mbuf.port(mbufs[i]) != port.id()) {
                throw new AssertionError("%s: frame %d is not what came".formatted(
                        port.name(), expected + i));
            }
        }
        pool.mempools().uncached().free(mbufs, 0, got);
        return expected + got;
    }

    /**
     * Waits for the frames with the numbers {@code from} to {@code to - 1}, in this order.
     *
     * @throws AssertionError a frame did not arrive within {@link Await#LIMIT}, or is unexpected
     */
    public static void receiveAll(Port port, int queue, Mempool pool, long from, long to) {
        final long[] next = {from};
        if (!Await.reached(() ->
                (next[0] = receive(port, queue, pool, next[0], BURST)) >= to) || next[0] > to) {
            throw new AssertionError("%s: %d is the next frame, not %d".formatted(
                    port.name(), next[0], to));
        }
    }
}
