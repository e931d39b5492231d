// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testkit.pci;

import java.util.function.IntUnaryOperator;

/** The hash of receive-side scaling. Source: Microsoft, <i>RSS Hashing Functions</i>. */
public final class Toeplitz {
    private Toeplitz() {
    }

    /**
     * Hashes the bytes of a packet.
     *
     * @param key   the byte of the hash key at an index
     * @param input addresses and ports, as they lie in the packet
     */
    public static int hash(IntUnaryOperator key, byte[] input) {
        int hash = 0;
        for (int i = 0; i < input.length * Byte.SIZE; i++) {
            if (bit(input[i / Byte.SIZE], i)) {
                for (int j = 0; j < Integer.SIZE; j++) {
                    hash ^= bit(key.applyAsInt((i + j) / Byte.SIZE), i + j) ? 1 << 31 - j : 0;
                }
            }
        }
        return hash;
    }

    private static boolean bit(int octet, int index) {
        return (octet & 0x80 >> index % Byte.SIZE) != 0;
    }
}
