// SPDX-License-Identifier: Apache-2.0
package io.hotbus.core.thread;

import io.hotbus.eal.thread.CpuAffinity;
import io.hotbus.os.Linux;
import io.hotbus.os.LinuxException;
import java.io.IOException;
import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** CPU affinity by {@code sched_setaffinity}. */
@Component(service = CpuAffinity.class, immediate = true)
public final class Affinity implements CpuAffinity {
    private final Linux linux;
    /**
     * Asked for once: the kernel answers for the calling thread, and one that is pinned would be
     * told its own CPU alone.
     */
    private final List<Integer> available;

    @Activate
    public Affinity(@Reference Linux linux) throws LinuxException {
        this.linux = linux;
        this.available = linux.affinity().stream().boxed().toList();
    }

    @Override
    public List<Integer> available() {
        return available;
    }

    @Override
    public void pin(int cpu) throws IOException {
        if (!available.contains(cpu)) {
            throw new IOException("cpu %d: EINVAL (not available; there are: %s)"
                    .formatted(cpu, available));
        }
        linux.pin(cpu);
    }

    @Override
    public int threadId() {
        return linux.threadId();
    }
}
