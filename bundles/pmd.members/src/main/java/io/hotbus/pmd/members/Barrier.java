// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd.members;

import io.hotbus.os.Linux;
import io.hotbus.os.LinuxException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A memory barrier in all threads of the process. See {@link Linux#membarrier}. */
public final class Barrier {
    private static final Logger LOG = LoggerFactory.getLogger(Barrier.class);

    private final Linux linux;
    private final boolean available;

    /** Finds out whether the kernel has such a barrier; warns if not. */
    public Barrier(Linux linux) {
        this.linux = linux;
        this.available = isAvailable(linux);
    }

    private static boolean isAvailable(Linux linux) {
        try {
            linux.membarrier();
            return true;
        } catch (LinuxException e) {
            LOG.warn("{}: each burst executes a fence instead", e.getMessage());
            return false;
        }
    }

    /** Creates a gate for a queue. */
    public Gate gate() {
        return new Gate(!available);
    }

    /** Returns when all threads have passed a barrier. Control threads. */
    public void pass() {
        if (available) {
            try {
                linux.membarrier();
            } catch (LinuxException e) {
                throw new IllegalStateException("membarrier worked before: " + e.getMessage(), e);
            }
        }
    }
}
