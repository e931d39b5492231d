// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.sim;

import io.hotbus.eal.io.RawMemory;
import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.ethdev.Port;

/** Frames whose every byte and length follow from their number. */
final class Frames {
    static final int MIN_LENGTH = 60;
    private static final int LENGTHS = 1455;

    private Frames() {
    }

    /** From 60 to 1514 bytes, in an order that mixes short and long ones. */
    static int length(long number) {
        return MIN_LENGTH + (int) (number * 769 % LENGTHS);
    }

    static void write(long mbuf, long number) {
        int length = length(number);
        Mbuf.setLength(mbuf, length);
        long data = Mbuf.data(mbuf);
        for (int i = 0; i < length; i++) {
            RawMemory.putByte(data + i, octet(number, i));
        }
    }

    /** Whether the frame is the one of that number, to the last byte. */
    static boolean isIntact(long mbuf, long number) {
        if (Mbuf.length(mbuf) != length(number)) {
            return false;
        }
        long data = Mbuf.data(mbuf);
        for (int i = 0; i < length(number); i++) {
            if (RawMemory.getByte(data + i) != octet(number, i)) {
                return false;
            }
        }
        return true;
    }

    private static byte octet(long number, int index) {
        return (byte) (number * 31 + index * 7 + (index >> 8));
    }

    /** Sends frames of the numbers [from, from + count) as far as they are taken; how many were. */
    static int send(Port port, int queue, Mempool pool, long from, int count) {
        long[] mbufs = new long[count];
        int got = pool.get(mbufs, 0, count);
        for (int i = 0; i < got; i++) {
            write(mbufs[i], from + i);
        }
        int sent = port.txQueue(queue).burst(pool.mempools().uncached(), mbufs, got);
        pool.put(mbufs, sent, got - sent);
        return sent;
    }
}
