// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.fwd;

import io.hotbus.eal.mem.Mempools;
import io.hotbus.eal.thread.ControlThread;
import io.hotbus.eal.thread.CpuAffinity;
import io.hotbus.testkit.TestDma;
import io.hotbus.testpmd.ForwardEngine;
import io.hotbus.testpmd.FwdSettings;
import io.hotbus.testpmd.Options;
import io.hotbus.testpmd.internal.engine.CsumFwd;
import io.hotbus.testpmd.internal.engine.FiveTupleSwapFwd;
import io.hotbus.testpmd.internal.engine.FlowGenFwd;
import io.hotbus.testpmd.internal.engine.IcmpEchoFwd;
import io.hotbus.testpmd.internal.engine.IoFwd;
import io.hotbus.testpmd.internal.engine.MacFwd;
import io.hotbus.testpmd.internal.engine.MacSwapFwd;
import io.hotbus.testpmd.internal.engine.NoisyFwd;
import io.hotbus.testpmd.internal.engine.RxOnlyFwd;
import io.hotbus.testpmd.internal.engine.TxOnlyFwd;
import io.hotbus.testkit.TestCpus;
import java.util.List;

/** The forwarder, with the doors open that Declarative Services use. */
public final class ForwarderAccess {
    /** A machine of four CPUs. */
    public static final CpuAffinity CPUS = new TestCpus(4);

    private ForwarderAccess() {
    }

    /** On {@link #CPUS}, with the engines there are. */
    public static LcoreForwarder forwarder(
            Options options, FwdSettings settings, ControlThread control) {
        LcoreForwarder forwarder = new LcoreForwarder(options, settings, CPUS,
                new Mempools(new TestDma()), control, event -> { }, null);
        List.of(new IoFwd(), new MacFwd(), new MacSwapFwd(), new RxOnlyFwd(), new TxOnlyFwd(),
                new FlowGenFwd(), new CsumFwd(), new IcmpEchoFwd(), new FiveTupleSwapFwd(),
                new NoisyFwd()).forEach(forwarder::addEngine);
        return forwarder;
    }

    public static void add(LcoreForwarder forwarder, ForwardEngine engine) {
        forwarder.addEngine(engine);
    }

    public static void remove(LcoreForwarder forwarder, ForwardEngine engine) {
        forwarder.removeEngine(engine);
    }

    public static void close(LcoreForwarder forwarder) {
        forwarder.deactivate();
    }
}
