// SPDX-License-Identifier: Apache-2.0
package io.hotbus.os.internal;

import static io.hotbus.os.internal.LibC.C;

import io.hotbus.os.LinuxException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Map;

/**
 * The NUMA nodes that a thread's new pages are taken from. The C library has no functions for this,
 * so it uses system calls by number.
 *
 * @param mode  the kernel's mode, which says what {@code nodes} mean
 * @param nodes by their number
 * @see <a href="https://man7.org/linux/man-pages/man2/set_mempolicy.2.html">set_mempolicy(2)</a>
 */
record NumaPolicy(int mode, BitSet nodes) {
    private static final int MPOL_PREFERRED = 1;
    /**
     * The kernel supports at most 1024 nodes. It subtracts one from the number of bits that it is
     * given.
     */
    private static final int MAX_NODES = 1024;
    private static final int WORDS = MAX_NODES / Long.SIZE;
    private static final int BITS = MAX_NODES + 1;

    private record Numbers(int get, int set) {
    }

    /** The numbers by the JVM's name of the architecture; other architectures get ENOSYS. */
    private static final Numbers NUMBERS =
            Map.of("amd64", new Numbers(239, 238), "aarch64", new Numbers(236, 237))
                    .getOrDefault(System.getProperty("os.arch"), new Numbers(-1, -1));

    /** Prefers {@code node}, and other nodes if it has no memory left. */
    static NumaPolicy preferring(int node) {
        if (node < 0 || node >= MAX_NODES) {
            throw new IllegalArgumentException("no NUMA node: " + node);
        }
        final BitSet nodes = new BitSet();
        nodes.set(node);
        return new NumaPolicy(MPOL_PREFERRED, nodes);
    }

    /** The policy of the calling thread. */
    static NumaPolicy current() throws LinuxException {
        final int[] mode = new int[1];
        final long[] nodes = new long[WORDS];
        if (C.syscall(NUMBERS.get, mode, nodes, BITS, 0, 0) < 0) {
            throw LinuxCalls.failure("get_mempolicy");
        }
        return new NumaPolicy(mode[0], BitSet.valueOf(nodes));
    }

    /** Sets the policy of the calling thread. EINVAL: none of the nodes has memory. */
    void set() throws LinuxException {
        final long[] words = Arrays.copyOf(nodes.toLongArray(), WORDS);
        if (C.syscall(NUMBERS.set, mode, words, BITS) < 0) {
            throw LinuxCalls.failure("set_mempolicy(NUMA nodes " + nodes + ")");
        }
    }
}
