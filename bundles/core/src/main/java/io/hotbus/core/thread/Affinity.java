// SPDX-License-Identifier: Apache-2.0
package io.hotbus.core.thread;

import io.hotbus.eal.mem.DmaAllocator;
import io.hotbus.eal.thread.CpuAffinity;
import io.hotbus.os.Errno;
import io.hotbus.os.Linux;
import io.hotbus.os.LinuxException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** CPU affinity by {@code sched_setaffinity}. */
@Component(service = CpuAffinity.class, immediate = true)
public final class Affinity implements CpuAffinity {
    private static final int CALLING_THREAD = 0;
    private static final Logger LOG = LoggerFactory.getLogger(Affinity.class);
    private static final Path CPUS = Path.of("/sys/devices/system/cpu");
    /** {@code cpuN/nodeM} is a link to the node of the CPU. */
    private static final String NODE = "node";
    private static final Path THREADS = Path.of("/proc/self/task");

    private final Linux linux;
    /**
     * The CPUs of this process, read once. The kernel answers for the calling thread, and a pinned
     * thread would get its own CPU alone.
     */
    private final List<Integer> available;

    @Activate
    public Affinity(@Reference Linux linux) throws LinuxException {
        this.linux = linux;
        this.available = linux.affinity(CALLING_THREAD).stream().boxed().toList();
    }

    @Override
    public List<Integer> available() {
        return available;
    }

    @Override
    public void pin(int cpu) throws IOException {
        linux.setAffinity(CALLING_THREAD, setOf(cpu));
    }

    @Override
    public void reserve(int cpu) throws IOException {
        BitSet reserved = setOf(cpu);
        // Repeats while threads had to be moved: a thread that was not moved yet may have started
        // another.
        while (moveOff(reserved)) {
            Thread.onSpinWait();
        }
    }

    private BitSet setOf(int cpu) throws IOException {
        if (!available.contains(cpu)) {
            throw new IOException("cpu %s: EINVAL (not available; there are: %s)"
                    .formatted(cpu, available));
        }
        BitSet set = new BitSet();
        set.set(cpu);
        return set;
    }

    /** Moves all threads off the reserved CPUs. Returns whether a thread had to be moved. */
    private boolean moveOff(BitSet reserved) throws IOException {
        boolean moved = false;
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(THREADS)) {
            for (Path thread : threads) {
                moved |= moveOff(Integer.parseInt(thread.getFileName().toString()), reserved);
            }
        }
        return moved;
    }

    private boolean moveOff(int thread, BitSet reserved) throws LinuxException {
        try {
            BitSet cpus = linux.affinity(thread);
            boolean mayRunThere = cpus.intersects(reserved);
            cpus.andNot(reserved);
            if (!mayRunThere || cpus.isEmpty()) {
                return false;
            }
            linux.setAffinity(thread, cpus);
            return true;
        } catch (LinuxException e) {
            if (e.errno() == Errno.ESRCH) {
                return false; // it has ended
            }
            throw e;
        }
    }

    @Override
    public int numaNode(int cpu) {
        try (DirectoryStream<Path> nodes =
                Files.newDirectoryStream(CPUS.resolve("cpu" + cpu), NODE + "[0-9]*")) {
            for (Path node : nodes) {
                return Integer.parseInt(node.getFileName().toString().substring(NODE.length()));
            }
        } catch (IOException e) {
            LOG.debug("cpu {}: no NUMA node: {}", cpu, e.toString());
        }
        return DmaAllocator.ANY_NODE;
    }

    @Override
    public int threadId() {
        return linux.threadId();
    }
}
