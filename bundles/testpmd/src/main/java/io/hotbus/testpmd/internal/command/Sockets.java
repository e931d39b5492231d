// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.command;

import io.hotbus.eal.thread.CpuAffinity;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortRegistry;
import io.hotbus.testpmd.Options;

/**
 * The NUMA nodes of ports and lcores, which testpmd calls sockets. As there, 0 stands for a node
 * that is not known.
 */
record Sockets(Options options, PortRegistry registry, CpuAffinity affinity) {
    /** Whether the ports of each node have a mempool of their own. */
    boolean numa() {
        return options.numa();
    }

    int ofPort(int id) {
        return registry.port(id).map(Sockets::of).orElse(0);
    }

    static int of(Port port) {
        return Math.max(0, port.device().numaNode());
    }

    /** The node of the CPU of an lcore that is named {@code lcore-CPU}. */
    int ofLcore(String lcore) {
        int cpu = Integer.parseInt(lcore.substring(lcore.indexOf('-') + 1));
        return Math.max(0, affinity.numaNode(cpu));
    }
}
