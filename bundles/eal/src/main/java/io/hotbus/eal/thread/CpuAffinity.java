// SPDX-License-Identifier: Apache-2.0
package io.hotbus.eal.thread;

import java.io.IOException;
import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/** Which CPU the calling thread runs on. A service of the core bundle. */
@ProviderType
public interface CpuAffinity {
    /** The CPUs this process may run on. */
    List<Integer> available();

    /**
     * Pins the calling thread to one CPU.
     *
     * @throws IOException naming the CPU and the errno (EINVAL: not available)
     */
    void pin(int cpu) throws IOException;

    /**
     * Keeps all other threads of the process off that CPU, the JVM's own included, so that one that
     * polls there is not put aside whenever they have something to do. Those that may run nowhere
     * else stay. A thread started later runs where the one that started it may.
     *
     * @throws IOException naming the CPU and the errno
     */
    void reserve(int cpu) throws IOException;

    /** The kernel's id of the calling thread, as in {@code SigbusFault.thread}. */
    int threadId();
}
