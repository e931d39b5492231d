// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.engine;

import io.hotbus.testpmd.Noise;

/** Random accesses to memory, a cache line each. One thread. */
final class Lookups {
    private static final int WORDS_PER_MIB = 1 << 17;
    private static final int WORDS_PER_LINE = 8;
    private static final long SEED = 0x9e37_79b9_7f4a_7c15L;

    private final long[] memory;
    private long random = SEED;
    /** What was read, so that reads are not left out. */
    private long seen;

    Lookups(int mib) {
        this.memory = new long[mib * WORDS_PER_MIB];
    }

    /** The accesses for one packet. */
    void forPacket(Noise noise) {
        for (int i = 0; i < noise.writes(); i++) {
            memory[place()] = random;
        }
        for (int i = 0; i < noise.reads(); i++) {
            seen += memory[place()];
        }
        for (int i = 0; i < noise.readWrites(); i++) {
            seen += memory[place()];
            memory[place()] = random;
        }
    }

    /** The sum of all that was read. */
    long seen() {
        return seen;
    }

    /** The first word of a random cache line; xorshift. */
    private int place() {
        random ^= random << 13;
        random ^= random >>> 7;
        random ^= random << 17;
        return (int) Long.remainderUnsigned(random, memory.length / WORDS_PER_LINE)
                * WORDS_PER_LINE;
    }
}
