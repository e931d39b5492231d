// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bench.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/** Races on a pool: a buffer is never with two threads, and none is lost. */
public class MempoolStress {
    /** Two lcores, each with a cache; there are fewer buffers than both want. */
    @JCStressTest
    @Outcome(id = "each once, .*", expect = ACCEPTABLE, desc = "each buffer is in one place")
    @Outcome(expect = FORBIDDEN, desc = "a buffer is with both, lost or there twice")
    @State
    public static class TwoLcores {
        private final PoolRun run = PoolRun.twoLcores();

        @Actor
        public void first() {
            run.first().take(2);
            run.first().give(1);
            run.first().take(2);
            run.first().give(1);
        }

        @Actor
        public void second() {
            run.second().take(2);
            run.second().give(1);
            run.second().take(2);
            run.second().give(1);
        }

        @Arbiter
        public void judge(L_Result result) {
            result.r1 = run.verdict();
        }
    }

    /** One lcore gives back what the other received, while that one receives more. */
    @JCStressTest
    @Outcome(id = "each once, .*", expect = ACCEPTABLE, desc = "each buffer is in one place")
    @Outcome(expect = FORBIDDEN, desc = "a buffer is with both, lost or there twice")
    @State
    public static class HandOver {
        private final PoolRun run = PoolRun.twoLcores();

        public HandOver() {
            run.first().take(PoolRun.BUFFERS);
            run.first().handOverTo(run.second());
        }

        @Actor
        public void first() {
            run.first().take(2);
            run.first().give(1);
            run.first().take(2);
        }

        @Actor
        public void second() {
            run.second().give(1);
            run.second().give(3);
        }

        @Arbiter
        public void judge(L_Result result) {
            result.r1 = run.verdict();
        }
    }

    /** One thread has no cache. */
    @JCStressTest
    @Outcome(id = "each once, .*", expect = ACCEPTABLE, desc = "each buffer is in one place")
    @Outcome(expect = FORBIDDEN, desc = "a buffer is with both, lost or there twice")
    @State
    public static class LcoreAndControlThread {
        private final PoolRun run = PoolRun.lcoreAndControlThread();

        @Actor
        public void first() {
            run.first().take(2);
            run.first().give(2);
            run.first().take(1);
        }

        @Actor
        public void second() {
            run.second().take(3);
            run.second().give(2);
            run.second().take(1);
        }

        @Arbiter
        public void judge(L_Result result) {
            result.r1 = run.verdict();
        }
    }
}
