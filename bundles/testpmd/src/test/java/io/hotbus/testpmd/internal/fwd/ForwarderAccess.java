// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.fwd;

import io.hotbus.eal.mem.Mempools;
import io.hotbus.eal.thread.ControlThread;
import io.hotbus.testkit.TestDma;
import io.hotbus.testpmd.ForwardEngine;
import io.hotbus.testpmd.Options;
import io.hotbus.testkit.TestCpus;
import java.util.List;

/** The forwarder, with the doors open that Declarative Services use. */
public final class ForwarderAccess {
    private ForwarderAccess() {
    }

    /** On a machine of four CPUs, with the engines there are. */
    public static LcoreForwarder forwarder(Options options, ControlThread control) {
        LcoreForwarder forwarder = new LcoreForwarder(
                options, new TestCpus(4), new Mempools(new TestDma()), control, null);
        List.of(new IoFwd(), new MacSwapFwd(), new RxOnlyFwd(), new TxOnlyFwd())
                .forEach(forwarder::addEngine);
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
