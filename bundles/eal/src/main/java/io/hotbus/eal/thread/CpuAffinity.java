// SPDX-License-Identifier: Apache-2.0
package io.hotbus.eal.thread;

import io.hotbus.eal.mem.DmaAllocator;
import java.io.IOException;
import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/** Binds threads to CPUs. A service of the core bundle. */
@ProviderType
public interface CpuAffinity {
    /** The CPUs this process may run on. */
    List<Integer> available();

    /**
     * Pins the calling thread to one CPU.
     *
     * @throws IOException the message names the CPU and the errno (EINVAL: not available)
     */
    void pin(int cpu) throws IOException;

    /**
     * Keeps all other threads of the process off that CPU, including the JVM's own, so that they do
     * not interrupt a thread that polls there. Threads that may run on no other CPU stay. A thread
     * that is started later inherits the CPUs of the thread that starts it.
     *
     * @throws IOException the message names the CPU and the errno
     */
    void reserve(int cpu) throws IOException;

    /** The NUMA node of a CPU, or {@link DmaAllocator#ANY_NODE} if the kernel does not know it. */
    int numaNode(int cpu);

    /** The kernel's id of the calling thread, as in {@code SigbusFault.thread}. */
    int threadId();
}
