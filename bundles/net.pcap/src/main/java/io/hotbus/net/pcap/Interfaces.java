// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.pcap;

import java.util.Arrays;

/** The interfaces of a section of a pcapng file, by number. One thread at a time. */
final class Interfaces {
    /** The most interfaces of a section. */
    static final int MAX = 1 << 16;
    /** Microseconds: what a file means that says nothing. */
    static final int DEFAULT_RESOLUTION = 6;
    private static final int NANO_DIGITS = 9;
    private static final int BINARY = 0x80;
    private static final long SECOND = 1_000_000_000;
    /** The powers of ten that a long holds. */
    private static final long[] TEN = new long[19];

    static {
        TEN[0] = 1;
        for (int i = 1; i < TEN.length; i++) {
            TEN[i] = TEN[i - 1] * 10;
        }
    }

    private int count;
    private int[] snaplens = new int[8];
    private int[] resolutions = new int[8];
    private long[] offsets = new long[8];

    void clear() {
        count = 0;
    }

    int count() {
        return count;
    }

    /**
     * Adds an interface; there are fewer than {@value #MAX}.
     *
     * @param resolution the unit of times, as in the option {@code if_tsresol}
     * @param offset     seconds to add to times
     */
    void add(int snaplen, int resolution, long offset) {
        if (count == snaplens.length) {
            snaplens = Arrays.copyOf(snaplens, 2 * count);
            resolutions = Arrays.copyOf(resolutions, 2 * count);
            offsets = Arrays.copyOf(offsets, 2 * count);
        }
        snaplens[count] = snaplen;
        resolutions[count] = resolution;
        offsets[count++] = offset;
    }

    int snaplen(int id) {
        return snaplens[id];
    }

    /** The nanoseconds since 1970 of a time of the interface, an unsigned count of its unit. */
    long nanos(int id, long ticks) {
        return offsets[id] * SECOND + nanos(ticks, resolutions[id]);
    }

    static long nanos(long ticks, int resolution) {
        int exponent = resolution & ~BINARY;
        if ((resolution & BINARY) != 0) {
            return binary(ticks, exponent);
        }
        if (exponent <= NANO_DIGITS) {
            return ticks * TEN[NANO_DIGITS - exponent];
        }
        int drop = exponent - NANO_DIGITS;
        return drop < TEN.length ? Long.divideUnsigned(ticks, TEN[drop]) : 0;
    }

    /** Converts a count of 2^-exponent seconds. */
    private static long binary(long ticks, int exponent) {
        if (exponent == 0) {
            return ticks * SECOND;
        }
        boolean fractionOnly = exponent >= Long.SIZE;
        long seconds = fractionOnly ? 0 : ticks >>> exponent;
        long fraction = fractionOnly ? ticks : ticks & (1L << exponent) - 1;
        long high = Math.multiplyHigh(fraction, SECOND) + (fraction < 0 ? SECOND : 0);
        long low = fraction * SECOND;
        if (fractionOnly) {
            int shift = exponent - Long.SIZE;
            return shift < Long.SIZE ? high >>> shift : 0;
        }
        return seconds * SECOND + (high << Long.SIZE - exponent | low >>> exponent);
    }
}
