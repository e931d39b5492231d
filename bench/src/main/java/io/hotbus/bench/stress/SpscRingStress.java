// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bench.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.hotbus.eal.ring.SpscRing;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/**
 * Races of the one producer and the one consumer, in bulk: no value is lost, none comes twice, and
 * they come in the order in which the producer put them in.
 */
public class SpscRingStress {
    /** The consumer runs into the producer. All values fit in. */
    @JCStressTest
    @Outcome(id = "in order, .*", expect = ACCEPTABLE, desc = "each once, in order")
    @Outcome(expect = FORBIDDEN, desc = "lost, twice or out of order")
    @State
    public static class RoomForAll {
        private final RingRun run = new RingRun(new SpscRing(4), 3);

        @Actor
        public void producer() {
            run.offer(0, 4);
        }

        @Actor
        public void consumer() {
            run.poll(0, 4);
        }

        @Arbiter
        public void judge(L_Result result) {
            result.r1 = run.verdict();
        }
    }

    /** The ring is full: what the producer adds depends on what the consumer has removed. */
    @JCStressTest
    @Outcome(id = "in order, .*", expect = ACCEPTABLE, desc = "each once, in order")
    @Outcome(expect = FORBIDDEN, desc = "lost, twice or out of order")
    @State
    public static class FullRing {
        private final RingRun run = new RingRun(new SpscRing(2), 1);

        public FullRing() {
            run.offer(1, 2);
        }

        @Actor
        public void producer() {
            run.offer(0, 2);
        }

        @Actor
        public void consumer() {
            run.poll(0, 4);
        }

        @Arbiter
        public void judge(L_Result result) {
            result.r1 = run.verdict();
        }
    }
}
