// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.fwd;

import io.hotbus.eal.mem.Mempools;
import io.hotbus.eal.thread.ControlThread;
import io.hotbus.testkit.TestDma;
import io.hotbus.testpmd.ForwardMode;
import io.hotbus.testpmd.Options;
import io.hotbus.testpmd.rig.RigCpus;
import java.util.List;

/** The engine, with the doors open that Declarative Services use. */
public final class EngineAccess {
    private EngineAccess() {
    }

    /** On a machine of four CPUs, with the modes there are. */
    public static ForwardingEngine engine(Options options, ControlThread control) {
        ForwardingEngine engine = new ForwardingEngine(
                options, new RigCpus(4), new Mempools(new TestDma()), control, null);
        List.of(new IoFwd(), new MacSwapFwd(), new RxOnlyFwd(), new TxOnlyFwd())
                .forEach(engine::addMode);
        return engine;
    }

    public static void add(ForwardingEngine engine, ForwardMode mode) {
        engine.addMode(mode);
    }

    public static void remove(ForwardingEngine engine, ForwardMode mode) {
        engine.removeMode(mode);
    }

    public static void close(ForwardingEngine engine) {
        engine.deactivate();
    }
}
